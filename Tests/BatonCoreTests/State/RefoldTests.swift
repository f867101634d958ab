import BatonCore
import BatonLaws
import Testing

/// Section 13.3: a schema that comes into force late makes what it would have made from the start.
struct RefoldTests {
    @Test(arguments: UInt64(0)..<150)
    func `What was kept is folded as if its schema had always been there`(seed: UInt64) throws {
        let history = try History(seed: seed)
        let expected = history.log.folded(history.schemas).canonicalJSON
        var random = SplitMix64(seed: seed)
        let middle = Self.lacking(history.schemas, &random)
        let oldest = random.chance(20) ? SchemaSet([]) : Self.lacking(middle, &random)
        let entries = history.log.entries(after: .start)
        let cuts = [random.below(entries.count + 1), random.below(entries.count + 1)].sorted()
        var state = StreamState()
        for (index, (offset, entry)) in entries.enumerated() {
            if index == cuts[0] { state = state.refolded(schemas: middle) }
            if index == cuts[1] { state = state.refolded(schemas: history.schemas) }
            let schemas =
                index < cuts[0] ? oldest : index < cuts[1] ? middle : history.schemas
            state.apply(entry, at: offset, schemas: schemas)
        }
        state = state.refolded(schemas: history.schemas)
        #expect(state.canonicalJSON == expected, "cuts \(cuts)\n\(history.trace)")
        #expect(state.refolded(schemas: history.schemas) == state)
        #expect(state.isDeclared(by: history.schemas))
    }

    /// The schemas without some of their fields, at the root and in the entries of `lines`.
    private static func lacking(_ schemas: SchemaSet, _ random: inout SplitMix64) -> SchemaSet {
        var less: [Schema] = []
        for schema in schemas.sorted {
            var fields: [Field] = []
            for field in schema.root.fields where random.chance(70) {
                guard case .map(.record(let record)) = field.rule else {
                    fields.append(field)
                    continue
                }
                var inner: [Field] = []
                for field in record.fields where random.chance(70) { inner.append(field) }
                fields.append(Field(field.name, .map(.record(Record(inner)))))
            }
            less.append(Schema(type: schema.type, version: schema.version, fields: fields))
        }
        return SchemaSet(less)
    }

    @Test func `What is pending is folded behind what the log holds`() throws {
        let old = SchemaSet([
            Schema(type: "cart", version: 1, fields: [Field("title", TestSchemas.text)])
        ])
        let new = TestSchemas.shop
        var log = SampleLog()
        var (phone, web) = (SampleDevice(9, old), SampleDevice(1, old))
        try phone.write(at: 5, [change("cart/main", "/note", .set("phone"))])
        try web.write(at: 9, [change("cart/main", "/note", .set("web"))])
        web.push(to: &log)
        phone.pull(from: log)
        try phone.write(at: 3, [change("cart/main", "/note", .set("after"))])
        let state = phone.view.refolded(schemas: new)
        #expect(try state.json(of: "cart/main", new) == #"{"note":"after"}"#)
        #expect(state.entities[try EntityID("cart/main")]?.unknown.isEmpty == true)
    }

    @Test func `What nobody knows yet, and what was never of a fitting kind, is kept on`() throws {
        var world = TestWorld(devices: 1)
        try world.write(
            0, at: 1, change("cart/main", "/note", .unknown([1, 2])),
            change("cart/main", "/coupons", .append(.string("x"))),
            change("cart/main", "/gift", .set("yes")), change("wish/list", "/items", .add("lamp")))
        world.syncAll()
        let state = world.log.folded(world.schemas)
        #expect(state.refolded(schemas: world.schemas) == state)
        let wish = Schema(
            type: "wish", version: 1, fields: [Field("items", .set(.text(longest: 9)))])
        let later = SchemaSet(world.schemas.sorted + [wish])
        let refolded = state.refolded(schemas: later)
        #expect(try refolded.json(of: "wish/list", later) == #"{"items":["lamp"]}"#)
        let cart = try EntityID("cart/main")
        #expect(refolded.entities[cart] == state.entities[cart])
        #expect(refolded.vector == state.vector && refolded.offset == state.offset)
    }

    @Test func `A state of later schemas is not declared by earlier ones`() throws {
        var world = TestWorld(devices: 1)
        try world.write(0, at: 1, change("cart/main", "/lines/a/title", .set("Tea")))
        world.syncAll()
        let state = world.log.folded(world.schemas)
        func isDeclared(_ fields: [Field], type: String = "cart") -> Bool {
            state.isDeclared(by: SchemaSet([Schema(type: type, version: 1, fields: fields)]))
        }
        #expect(state.isDeclared(by: world.schemas))
        #expect(!isDeclared([Field("note", TestSchemas.text)]))
        #expect(!isDeclared([Field("lines", .map(TestSchemas.text))]))
        #expect(!isDeclared([Field("note", TestSchemas.text)], type: "order"))
    }
}
