import BatonCore
import BatonLaws
import Testing

/// Keys that one of two who wrote a map as a whole lacks.
struct MissingKeyTests {
    private func place(_ lines: [String]) throws -> [FieldOperation] {
        try [
            change("order/o", "/status", .move(from: "", to: "placed")),
            change("order/o", "/placedAt", .set("2026-01-31T12:00:00.000Z")),
        ]
            + lines.flatMap {
                [
                    try change("order/o", "/lines/\($0)/quantity", .set(1)),
                    try change("order/o", "/lines/\($0)/title", .set("The \($0)")),
                ]
            }
    }

    /// One placed a, the other a and b.
    private func apart() throws -> TestWorld {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 20, place(["a"]))
        try world.devices[1].write(at: 10, place(["a", "b"]))
        world.syncAll()
        return world
    }

    private let open = [#"/lines/b map "b"/cleared"#]

    @Test func `are a conflict, which names who has the key and who lacks it`() throws {
        let world = try apart()
        #expect(world.conflicts == open)
        let state = world.log.folded(world.schemas)
        let conflict = try #require(state.conflicts(schemas: world.schemas).first)
        #expect(conflict.picked.dot.replica == ReplicaID(high: 0, low: 2))
        #expect(conflict.overruled.map(\.dot.replica) == [ReplicaID(high: 0, low: 1)])
    }

    @Test func `stay open while the order moves on, or somebody edits who saw one side`() throws {
        var world = try apart()
        try world.write(
            0, at: 30, change("order/o", "/status", .move(from: "placed", to: "cancelled")))
        world.syncAll()
        #expect(world.conflicts == open)

        var half = TestWorld(devices: 2)
        try half.devices[0].write(at: 20, place(["a"]))
        try half.devices[1].write(at: 10, place(["a", "b"]))
        try half.write(1, at: 11, change("order/o", "/lines/b/quantity", .set(7)))
        half.syncAll()
        #expect(half.conflicts == open)
    }

    @Test func `are settled by who saw both sides and writes or removes the line`() throws {
        var world = try apart()
        try world.write(0, at: 30, change("order/o", "/lines/b/quantity", .add(1)))
        world.syncAll()
        #expect(world.conflicts.isEmpty)
        world = try apart()
        try world.write(0, at: 30, change("order/o", "/lines", .remove("b")))
        world.syncAll()
        #expect(world.conflicts.isEmpty)
    }

    @Test func `are not what was added to the order later`() throws {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 20, place(["a"]))
        try world.devices[1].write(at: 10, place(["a"]))
        try world.write(1, at: 11, change("order/o", "/lines/c/quantity", .set(1)))
        world.syncAll()
        #expect(world.conflicts.isEmpty)
    }
}
