import BatonCore
import Testing

@testable import BatonWire

/// How large a map entry may grow.
struct EntryRoomTests {
    private let a = ReplicaID(high: 0, low: 1)
    private let b = ReplicaID(high: 0, low: 2)

    private func attribute(_ number: Int, _ value: String) throws -> FieldOperation {
        FieldOperation(
            try EntityID("cart/main"),
            FieldPath(["lines", "tea", "attributes", ExactText("k\(number)")]),
            .set(.string(value)))
    }

    private func event(
        _ replica: ReplicaID, _ counter: UInt64, on state: StreamState,
        _ operations: [FieldOperation]
    ) throws -> Event {
        Event(
            dot: Dot(replica, Counter(rawValue: counter)),
            context: Context(
                replica: replica, own: Counter(rawValue: counter - 1), seen: state.offset),
            timestamp: Timestamp(milliseconds: 1, tick: 0), channel: try ChannelName("app"),
            operations: operations + state.keeps(for: operations, schemas: BuiltinSchemas.all))
    }

    private func overgrowth(_ event: Event, on state: StreamState) -> String? {
        state.overgrowth(
            by: event.operations, bytes: event.encoded.count, schemas: BuiltinSchemas.all)
    }

    @Test func `An entry grows as far as an edit of it can keep it, by bytes and by number`() throws
    {
        let empty = StreamState()
        let value = String(repeating: "x", count: 1_000)
        func grown(_ count: Int, _ value: String) throws -> String? {
            let operations = try (0..<count).map { try attribute($0, value) }
            return overgrowth(try event(a, 1, on: empty, operations), on: empty)
        }
        #expect(try grown(28, value) == nil)
        #expect(try grown(31, value)?.hasPrefix("cart/main/lines/tea would hold") == true)
        #expect(try grown(250, "x") == nil)
        #expect(try grown(400, "x") != nil)
    }

    @Test func `One part of an entry at its limit is edited in an event that holds the rest`()
        throws
    {
        var state = StreamState()
        let value = String(repeating: "x", count: 1_000)
        let first = try event(a, 1, on: state, try (0..<28).map { try attribute($0, value) })
        state.apply(.event(first), at: Offset(rawValue: 1), schemas: BuiltinSchemas.all)
        let edit = try event(b, 1, on: state, [attribute(3, "y")])
        #expect(edit.operations.count == 28 && edit.malformation == nil)
        #expect(edit.encoded.count <= ProtocolLimits.eventBytes)
        #expect(overgrowth(edit, on: state) == nil)
        let more = try event(b, 1, on: state, try (28..<31).map { try attribute($0, value) })
        #expect(overgrowth(more, on: state) != nil)
    }

    @Test func `What two made too large while apart is edited and shrinks, and grows no further`()
        throws
    {
        var state = StreamState()
        let value = String(repeating: "x", count: 1_000)
        for (offset, replica) in [a, b].enumerated() {
            let part = try event(
                replica, 1, on: StreamState(),
                try (0..<20).map { try attribute($0 + offset * 20, value) })
            state.apply(
                .event(part), at: Offset(rawValue: UInt64(offset + 1)),
                schemas: BuiltinSchemas.all)
        }
        let same = String(repeating: "y", count: 1_000)
        #expect(overgrowth(try event(a, 2, on: state, [attribute(3, same)]), on: state) == nil)
        #expect(overgrowth(try event(a, 2, on: state, [attribute(3, "")]), on: state) == nil)
        #expect(overgrowth(try event(a, 2, on: state, [attribute(40, "z")]), on: state) != nil)
    }
}
