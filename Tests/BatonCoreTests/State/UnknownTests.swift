import BatonCore
import BatonLaws
import Testing

/// What comes from a newer client is kept, and goes only with what it stood in.
struct UnknownTests {
    private func unknown(_ world: TestWorld) throws -> [String] {
        let state = world.log.folded(world.schemas)
        return try state.entities[EntityID("cart/main")]?.unknown.map { "\($0.operation.path)" }
            ?? []
    }

    @Test func `Unknown fields, actions and entity types are kept in the state`() throws {
        var world = TestWorld(devices: 1)
        try world.write(
            0, at: 1, change("cart/main", "/gift", .set("yes")),
            change("cart/main", "/note", .unknown([1, 2])),
            change("cart/main", "/coupons", .append(.string("x"))),
            change("wish/list", "/items", .add("lamp")))
        #expect(try world.settled("cart/main") == "")
        #expect(try unknown(world) == ["/gift", "/note", "/coupons"])
        let canonical = world.log.folded(world.schemas).canonicalJSON
        #expect(canonical.contains(#"{"path":"/note","unknown":[1,2]}"#))
        #expect(canonical.contains(#""wish/list":{"fields":{},"unknown":[{"dot":"#))
    }

    @Test func `An entry that is removed takes along what was not understood in it`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 1, change("cart/main", "/lines/a/gift", .set("seen")))
        try world.write(0, at: 2, change("cart/main", "/gift", .set("elsewhere")))
        world.syncAll()
        try world.write(0, at: 3, change("cart/main", "/lines/a/wrap", .set("not seen")))
        try world.write(1, at: 4, change("cart/main", "/lines", .remove("a")))
        _ = try world.settled("cart/main")
        #expect(try unknown(world) == ["/gift", "/lines/a/wrap"])
        try world.write(1, at: 5, change("cart/main", "/lines", .clear))
        _ = try world.settled("cart/main")
        #expect(try unknown(world) == ["/gift"])
    }
    @Test func `What was said of a map itself stays when the map is cleared`() throws {
        var world = TestWorld(devices: 1)
        try world.write(
            0, at: 1, change("cart/main", "/lines", .unknown([1, 2])),
            change("cart/main", "/lines/a/gift", .set("yes")))
        try world.write(0, at: 2, change("cart/main", "/lines", .clear))
        _ = try world.settled("cart/main")
        #expect(try unknown(world) == ["/lines"])
    }
}

/// What was kept for a newer version is folded when that comes.
extension UnknownTests {
    /// The shop with a gift on the cart and on its lines.
    private var newer: SchemaSet {
        SchemaSet([
            Schema(
                type: "cart", version: 2,
                fields: [
                    Field("gift", TestSchemas.text),
                    Field(
                        "lines",
                        .map(
                            .record(
                                Record([
                                    Field("quantity", .count(CountRule(floor: 0))),
                                    Field("gift", TestSchemas.text),
                                ])))),
                    Field("guests", .map(.count(CountRule()))),
                ])
        ])
    }

    @Test func `What was kept is folded in the order of the log once a schema knows it`() throws {
        var world = TestWorld(devices: 2)
        // The second device's dots may well stand before those of the first: the log decides.
        try world.write(1, at: 1, change("cart/main", "/gift", .set("first")))
        world.syncAll()
        try world.write(0, at: 2, change("cart/main", "/gift", .set("second")))
        try world.write(0, at: 3, change("cart/main", "/lines/a/gift", .set("ribbon")))
        try world.write(0, at: 4, change("cart/main", "/guests/ada", .add(2)))
        try world.write(0, at: 5, change("cart/main", "/guests", .remove("ada")))
        try world.write(0, at: 6, change("cart/main", "/later", .set("kept")))
        world.syncAll()
        let stored = world.log.folded(world.schemas)
        let fresh = world.log.folded(newer)
        #expect(stored != fresh)
        let refolded = stored.refolded(schemas: newer)
        #expect(refolded == fresh)
        let cart = try EntityID("cart/main")
        #expect(refolded.value(of: cart, schemas: newer)?["gift"] == "second")
        #expect(refolded.entities[cart]?.unknown.count == 1)
    }
}
