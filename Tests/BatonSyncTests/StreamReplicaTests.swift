import BatonCore
import BatonWire
import Testing

@testable import BatonSync

/// The decisions, without any I/O.
@Suite struct `The replica of a stream` {
    private let one = ReplicaID(high: 1, low: 1)
    private let two = ReplicaID(high: 2, low: 2)

    private func replica() throws -> StreamReplica {
        StreamReplica(
            stream: try StreamID("cust-1"), schemas: BuiltinSchemas.all, replica: one)
    }

    private func write(
        _ replica: inout StreamReplica, _ path: String, _ action: Action, wall: Int64 = 1_000
    ) throws {
        let path = try #require(FieldPath(pointer: path))
        try replica.write(
            [FieldOperation(EntityID("cart/main"), path, action)], channel: ChannelName("app"),
            wall: wall, installation: replica.replica)
    }

    @Test func `A write stands on all earlier own ones and keeps the line whole`() throws {
        var replica = try replica()
        try write(&replica, "/lines/A/title", .set(.string("Beans")))
        try write(&replica, "/lines/A/quantity", .add(.integer(1)))
        let event = replica.outbox[1].event
        #expect(event.context.own == Counter(rawValue: 1))
        #expect(event.context.seen == .start)
        #expect(event.operations.map(\.action.name) == ["add", "keep"])
        #expect(event.timestamp == Timestamp(milliseconds: 1_000, tick: 1))
    }

    @Test func `A gap makes what the log lacks wait again, and no more`() throws {
        var replica = try replica()
        for _ in 0..<3 { try write(&replica, "/lines/A/quantity", .add(.integer(1))) }
        let batch = try #require(replica.outgoing(events: 10, bytes: 1_000))
        _ = replica.takeIn(
            [.accepted(Offset(rawValue: 1)), .accepted(Offset(rawValue: 2))], on: batch)
        #expect(replica.waitingCount == 1)
        let isHeld = replica.resend(from: Dot(one, Counter(rawValue: 2)))
        #expect(isHeld)
        #expect(replica.waitingCount == 2)
        let isUnknownHeld = replica.resend(from: Dot(one, Counter(rawValue: 9)))
        #expect(!isUnknownHeld)
    }

    @Test func `Events written anew name what was seen, and each other, by their new dots`() throws
    {
        var replica = try replica()
        try write(&replica, "/lines/A/title", .set(.string("Beans")))
        let batch = try #require(replica.outgoing(events: 1, bytes: 1_000))
        _ = replica.takeIn([.accepted(Offset(rawValue: 1))], on: batch)
        try write(&replica, "/lines/A/price", .set(Money(5, "EUR").value))
        try write(&replica, "/lines/A/quantity", .add(.integer(1)))
        let before = replica.view.value(of: try EntityID("cart/main"), schemas: replica.schemas)
        let count = replica.reissue(as: two, context: .kept)
        #expect(count == 2)
        let after = replica.view.value(of: try EntityID("cart/main"), schemas: replica.schemas)
        #expect(before == after)
        let last = try #require(replica.outbox.last?.event)
        #expect(last.dot == Dot(two, Counter(rawValue: 2)))
        #expect(last.context.own == Counter(rawValue: 1))
        #expect(last.context.beyond == VersionVector([one: Counter(rawValue: 1)]))
        let origins = last.operations.compactMap { operation -> Dot? in
            guard case .keep(_, let origin) = operation.action else { return nil }
            return origin.dot
        }
        #expect(Set(origins) == [Dot(one, Counter(rawValue: 1)), Dot(two, Counter(rawValue: 1))])
    }

    @Test func `An event that the log holds under an earlier id is not written anew`() throws {
        var replica = try replica()
        for _ in 0..<3 { try write(&replica, "/lines/A/quantity", .add(.integer(1))) }
        // A restored log that holds the first two, as written or as refused.
        let held = VersionVector([one: Counter(rawValue: 2)])
        let restored = StreamState(entities: [:], vector: held, offset: Offset(rawValue: 2))
        let count = try replica.rebase(on: restored, cursor: "b-2", as: two)
        #expect(count == 1)
        try write(&replica, "/note", .set(.string("x")))
        #expect(
            replica.outbox.map(\.dot) == [
                Dot(one, Counter(rawValue: 1)), Dot(one, Counter(rawValue: 2)),
                Dot(two, Counter(rawValue: 1)), Dot(two, Counter(rawValue: 2)),
            ])
        let three = ReplicaID(high: 3, low: 3)
        #expect(replica.reissue(as: three, cloned: two, context: .kept) == 2)
        #expect(
            replica.outbox.map(\.dot) == [
                Dot(one, Counter(rawValue: 1)), Dot(one, Counter(rawValue: 2)),
                Dot(three, Counter(rawValue: 1)), Dot(three, Counter(rawValue: 2)),
            ])
        let contexts = replica.outbox.suffix(2).map(\.event.context)
        #expect(contexts.map(\.own) == [.none, Counter(rawValue: 1)])
        #expect(contexts.allSatisfy { $0.seen == restored.offset && $0.beyond.isEmpty })

        // Another one's events stand there under the earlier id: both of its are written anew.
        let four = ReplicaID(high: 4, low: 4)
        #expect(replica.reissue(as: four, cloned: one, context: .known) == 4)
        let counters = 1...4 as ClosedRange<UInt64>
        #expect(replica.outbox.map(\.dot) == counters.map { Dot(four, Counter(rawValue: $0)) })
        #expect(replica.outbox.map(\.event.context.own.rawValue) == [0, 1, 2, 3])
        #expect(replica.outbox.allSatisfy { $0.event.context.beyond.isEmpty })
    }

    @Test func `An event that is written anew for another log keeps within the limits`() throws {
        var replica = try replica()
        var vector = VersionVector()
        for number in 1...1_500 as ClosedRange<UInt64> {
            vector.insert(Dot(ReplicaID(high: 9, low: number), Counter(rawValue: 7)))
        }
        replica.confirmed = StreamState(
            entities: [:], vector: vector, offset: Offset(rawValue: 10_500))
        let long = String(repeating: "x", count: 400)
        for place in ["/note", "/lines/A/note"] { try write(&replica, place, .set(.string(long))) }
        var other = vector
        other.insert(Dot(two, Counter(rawValue: 1)))
        let count = try replica.rebase(
            on: StreamState(entities: [:], vector: other, offset: Offset(rawValue: 9)),
            cursor: "b-9", as: ReplicaID(high: 3, low: 3))
        #expect(count == 2)
        for pending in replica.outbox {
            #expect(pending.event.context.seen == .start)
            #expect(pending.event.context.beyond.counters.count > 500)
            #expect(pending.event.malformation == nil)
            #expect(pending.encoded.count <= ProtocolLimits.eventBytes)
        }
    }

    @Test func `A stream goes over to a new id only when nothing waits`() throws {
        var replica = try replica()
        let edit = [
            FieldOperation(
                try EntityID("cart/main"), FieldPath(["note"]), .set(.string("x")))
        ]
        let channel = try ChannelName("app")
        try replica.write(edit, channel: channel, wall: 1, installation: one)
        try replica.write(edit, channel: channel, wall: 1, installation: two)
        #expect(replica.outbox.map(\.dot.replica) == [one, one])
        let batch = try #require(replica.outgoing(events: 10, bytes: 1_000))
        _ = replica.takeIn(
            [.accepted(Offset(rawValue: 1)), .accepted(Offset(rawValue: 2))], on: batch)
        let event = try replica.write(edit, channel: channel, wall: 1, installation: two)
        #expect(event.dot == Dot(two, Counter(rawValue: 1)))
        #expect(event.context.beyond == VersionVector([one: Counter(rawValue: 2)]))
    }

    @Test func `An answer that does not follow changes nothing`() throws {
        var replica = try replica()
        let before = replica.confirmed
        var pull = Baton_V1_PullResponse()
        var batch = Baton_V1_Batch()
        batch.replica = two.description
        batch.counter = 5
        batch.offset = 3
        batch.omitted = 1
        pull.batches = [batch]
        pull.cursor = "a.3"
        pull.head = 3
        let outcome = try replica.takeIn(pull, asked: "", wall: 0)
        #expect(
            outcome.obstacle == .hole(expected: Offset(rawValue: 1), got: Offset(rawValue: 3)))
        #expect(replica.confirmed == before)
        #expect(replica.cursor == "")
        #expect(replica.changes.isEmpty)
    }

    @Test func `Own events that were never written show a clone`() throws {
        var replica = try replica()
        var pull = Baton_V1_PullResponse()
        var batch = Baton_V1_Batch()
        batch.replica = one.description
        batch.counter = 1
        batch.offset = 1
        batch.omitted = 1
        pull.batches = [batch]
        let outcome = try replica.takeIn(pull, asked: "", wall: 0)
        #expect(outcome.obstacle == .unheld)
    }

    @Test
    func
        `What fills a field beyond its bound, or an entry beyond what keeps carry, is not written`()
        throws
    {
        var replica = try replica()
        try replica.write(
            (0..<1_000).map {
                FieldOperation(
                    try EntityID("cart/main"), FieldPath(["coupons"]), .add(.string("c\($0)")))
            }, channel: ChannelName("app"), wall: 1_000, installation: one)
        #expect(throws: SyncFailure.self) {
            try write(&replica, "/coupons", .add(.string("one more")))
        }
        try write(&replica, "/coupons", .remove(.string("c7")))
        try write(&replica, "/coupons", .add(.string("one more")))

        let note = String(repeating: "x", count: 1_000)
        for number in 0..<28 {
            try write(&replica, "/lines/A/attributes/k\(number)", .set(.string(note)))
        }
        let before = replica.outbox.count
        #expect(throws: SyncFailure.self) {
            for number in 28..<32 {
                try write(&replica, "/lines/A/attributes/k\(number)", .set(.string(note)))
            }
        }
        #expect(replica.outbox.count < before + 4)
        try write(&replica, "/lines/A/quantity", .add(.integer(1)))
    }
}
