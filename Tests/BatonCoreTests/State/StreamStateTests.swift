import BatonCore
import BatonLaws
import Testing

struct StreamStateTests {
    let schemas = TestSchemas.shop

    func event(_ replica: UInt64, _ counter: UInt64) throws -> Event {
        let id = ReplicaID(high: 0, low: replica)
        return Event(
            dot: Dot(id, Counter(rawValue: counter)),
            context: Context(replica: id, own: Counter(rawValue: counter - 1), seen: .start),
            timestamp: Timestamp(milliseconds: Int64(counter)), channel: try ChannelName("app"),
            operations: [try change("cart/main", "/checkouts", .add(1))])
    }

    @Test func `A gap is named and changes nothing`() throws {
        var state = StreamState()
        let outcome = state.apply(.event(try event(1, 2)), schemas: schemas)
        #expect(outcome == .gap(expected: Counter(rawValue: 1)))
        #expect(state == StreamState())
    }

    @Test func `A refused event counts in the vector and does nothing`() throws {
        var state = StreamState()
        let dot = try event(1, 1).dot
        let void = Entry.void(dot, Refusal(.notPermitted, "no"))
        #expect(state.apply(void, at: Offset(rawValue: 1), schemas: schemas) == .applied)
        #expect(state.vector.covers(dot) && state.offset == Offset(rawValue: 1))
        #expect(state.canonicalJSON == #"{"entities":{}}"#)
        #expect(
            state.apply(.event(try event(1, 2)), at: Offset(rawValue: 2), schemas: schemas)
                == .applied)
        #expect(try state.json(of: "cart/main", schemas) == #"{"checkouts":1}"#)
    }

    @Test func `A pending event shows at once, and counts once when it comes back`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 1, change("cart/main", "/checkouts", .add(1)))
        #expect(try world.devices[0].view.json(of: "cart/main", schemas) == #"{"checkouts":1}"#)
        #expect(world.devices[0].confirmed == StreamState())
        // The push arrives, its answer does not: the event comes back with the next pull.
        world.log.append(world.devices[0].own.map { .event($0.event) })
        world.devices[0].pull(from: world.log)
        #expect(world.devices[0].own.isEmpty)
        #expect(try world.devices[0].view.json(of: "cart/main", schemas) == #"{"checkouts":1}"#)
        // What others write on top of it now takes it away.
        world.devices[1].pull(from: world.log)
        try world.write(1, at: 2, change("cart/main", "/checkouts", .set(7)))
        #expect(try world.settled("cart/main") == #"{"checkouts":7}"#)
    }

    @Test func `What was removed altogether is as if it had never been`() throws {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 1, SemanticsCaseTests.newLine("A"))
        world.syncAll()
        try world.write(1, at: 2, change("cart/main", "/lines", .remove("A")))
        #expect(try world.settled("cart/main") == "")
        #expect(world.log.folded(schemas).entities.isEmpty)
    }

    @Test func `Operations on several entities go in together`() throws {
        var world = TestWorld(devices: 1)
        try world.write(
            0, at: 1, change("cart/a", "/note", .set("x")), change("cart/b", "/note", .set("y")))
        #expect(try world.settled("cart/a") == #"{"note":"x"}"#)
        #expect(try world.settled("cart/b") == #"{"note":"y"}"#)
    }
}
