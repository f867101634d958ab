import BatonCore
import BatonLaws
import Testing

/// What comes from a newer client is kept, and goes only with what it stood in.
struct UnknownTests {
    func unknown(_ world: TestWorld) throws -> [String] {
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
