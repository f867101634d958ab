import BatonCore
import Testing

struct SchemaCheckTests {
    func refusal(
        _ entity: String, _ path: String, _ action: Action, by role: Role = .customer
    ) throws -> Refusal? {
        try TestSchemas.shop.refusal(of: [change(entity, path, action)], by: role)
    }

    @Test func `What fits the schema stands`() throws {
        for (entity, path, action) in [
            ("cart/main", "/note", .set("x")), ("cart/main", "/note", .clear),
            ("cart/main", "/lines/a/quantity", .add(1)),
            ("cart/main", "/lines/a/quantity", .set(1)),
            ("cart/main", "/lines", .remove("a")), ("cart/main", "/lines", .clear),
            ("cart/main", "/coupons", .add("x")), ("cart/main", "/coupons", .remove("x")),
            ("order/o", "/status", .move(from: "", to: "placed")),
            ("profile/me", "/journey", .append(.string("x"))),
        ] as [(String, String, Action)] {
            #expect(try refusal(entity, path, action) == nil, "\(path) \(action)")
        }
    }

    @Test func `What the schema does not know is no reason to refuse`() throws {
        #expect(try refusal("wish/list", "/items", .add("x")) == nil)
        #expect(try refusal("cart/main", "/gift", .set("x")) == nil)
        #expect(try refusal("cart/main", "/lines/a/gift/b", .set("x")) == nil)
        #expect(try refusal("cart/main", "/note", .unknown([1])) == nil)
    }

    @Test func `What does not fit is refused, with the place and what it takes`() throws {
        for (path, action, reason) in [
            ("/note", .set(1), "text is expected, got 1"),
            ("/note", .add("x"), "add does not fit a register; it takes set or clear"),
            ("/note", .set(String(repeating: "x", count: 101)), "at most 100"),
            ("/lines/a/quantity", .set("x"), "integer is expected"),
            ("/lines/a/price", .set(5), "money is"),
            ("/lines", .remove(.integer(1)), "remove takes the key as text"),
            ("/lines/a", .set("x"), "does not fit a record"),
            ("/lines/a", .clear, "does not fit a record"),
            ("", .set("x"), "does not fit a record"),
            ("/coupons", .add(1), "text is expected"),
        ] as [(String, Action, String)] {
            let found = try #require(try refusal("cart/main", path, action))
            #expect(found.code == .schemaViolation)
            #expect(found.reason.hasPrefix("cart/main\(path): "), "\(found.reason)")
            #expect(found.reason.contains(reason), "\(found.reason)")
        }
    }

    @Test func `A keep is for what lies in an entry of a map, and beside is for the server`() throws
    {
        func keep(_ value: Value, isBeside: Bool = false) -> Action {
            .keep(
                value,
                Origin(
                    dot: Dot(ReplicaID(high: 0, low: 9), Counter(rawValue: 1)), offset: .start,
                    timestamp: Timestamp(milliseconds: 1, tick: 0), isBeside: isBeside))
        }
        #expect(try refusal("cart/main", "/lines/a/title", keep("Tea")) == nil)
        for (entity, path, value) in [
            ("order/o", "/status", "placed"), ("cart/main", "/note", "x"),
            ("cart/main", "/coupons", "x"),
        ] as [(String, String, Value)] {
            let found = try refusal(entity, path, keep(value), by: .operator)
            #expect(found?.code == .schemaViolation)
            #expect(found?.reason.contains("in an entry of a map") == true)
        }
        for (entity, path) in [("cart/main", "/lines/a/title"), ("wish/list", "/items/x")] {
            let found = try refusal(entity, path, keep("Tea", isBeside: true))
            #expect(found?.code == .schemaViolation)
        }
    }

    @Test func `A count takes numbers in its range, and steps as wide as that`() throws {
        let schemas = SchemaSet([
            Schema(
                type: "stock", version: 1,
                fields: [
                    Field("pieces", .count(CountRule(range: 0...10))),
                    Field("debt", .count(CountRule(range: -Int64(largestExactInteger)...0))),
                ])
        ])
        func refusal(_ path: String, _ action: Action) throws -> Refusal? {
            schemas.refusal(of: [try change("stock/s", path, action)], by: .customer)
        }
        for action in [.set(0), .set(10), .add(10), .add(-10)] as [Action] {
            #expect(try refusal("/pieces", action) == nil)
        }
        for action in [.set(-1), .set(11), .add(11), .add(-11)] as [Action] {
            #expect(try refusal("/pieces", action)?.reason.contains("is outside") == true)
        }
        #expect(try refusal("/debt", .add(.integer(Int64(largestExactInteger)))) == nil)
    }

    @Test func `Moves need an edge and a role`() throws {
        let handOver = Action.move(from: "ready", to: "collected")
        #expect(try refusal("order/o", "/status", handOver)?.code == .notPermitted)
        #expect(try refusal("order/o", "/status", handOver, by: .kiosk) == nil)
        let skip = try #require(
            try refusal("order/o", "/status", .move(from: "placed", to: "collected")))
        #expect(skip.code == .schemaViolation)
        #expect(skip.reason.contains("only to ready, cancelled"))
        #expect(
            try refusal("order/o", "/status", .move(from: "lost", to: "placed"))?.reason
                .contains(#"no move from "lost""#) == true)
    }

    @Test func `Only its writers write a field and what lies below it`() throws {
        let schemas = SchemaSet([
            Schema(
                type: "stock", version: 1,
                fields: [
                    Field("levels", .map(.count(CountRule())), writers: [.service, .associate]),
                    Field("note", TestSchemas.text),
                ])
        ])
        let operation = try change("stock/main", "/levels/a", .add(1))
        #expect(schemas.refusal(of: [operation], by: .customer)?.code == .notPermitted)
        #expect(schemas.refusal(of: [operation], by: .service) == nil)
        #expect(schemas.refusal(of: [try change("stock/main", "/note", .clear)], by: .kiosk) == nil)
    }

    @Test func `A place that no schema declares is named for thin clients`() throws {
        let schemas = TestSchemas.shop
        #expect(schemas.unknownPlace(of: try change("cart/main", "/note", .clear)) == nil)
        let type = schemas.unknownPlace(of: try change("wish/list", "/items", .clear))
        #expect(type?.contains("known: cart, order, profile") == true)
        let field = schemas.unknownPlace(of: try change("cart/main", "/gift", .clear))
        #expect(field?.contains("its fields: lines, coupons, note, checkouts") == true)
    }

    @Test func `Of two schemas of a type the later version stands`() {
        let old = Schema(type: "cart", version: 1, fields: [Field("note", TestSchemas.text)])
        let new = Schema(type: "cart", version: 2, fields: [Field("memo", TestSchemas.text)])
        #expect(SchemaSet([new, old])["cart"] == new)
        #expect(SchemaSet([old, new])["cart"] == new)
    }
}
