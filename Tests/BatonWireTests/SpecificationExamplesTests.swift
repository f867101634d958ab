import BatonCore
import BatonWire
import Foundation
import Testing

/// The worked examples of `protocol/specification.md` are what the code does.
@Suite struct SpecificationExamplesTests {
    private let phone = ReplicaID(high: 0x0123_4567_89ab_cdef, low: 0x0123_4567_89ab_cdef)
    private let kiosk = ReplicaID(high: 1, low: 2)

    private func specification() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appending(path: "protocol/specification.md"), encoding: .utf8)
    }

    private func operation(_ pointer: String, _ action: Action) throws -> FieldOperation {
        FieldOperation(
            try EntityID("cart/main"), try #require(FieldPath(pointer: pointer)), action)
    }

    private func event(
        _ replica: ReplicaID, _ counter: UInt64, seen: UInt64, _ operations: [FieldOperation]
    ) throws -> Event {
        let counter = Counter(rawValue: counter)
        return Event(
            dot: Dot(replica, counter),
            context: Context(
                replica: replica, own: Counter(rawValue: counter.rawValue - 1),
                seen: Offset(rawValue: seen)),
            timestamp: Timestamp(milliseconds: 1_763_798_400_000), channel: try ChannelName("app"),
            operations: operations)
    }

    @Test func `The first event has the bytes and the state of sections 4.3 and 6.1`() throws {
        let first = try event(
            phone, 1, seen: 0, [operation("/lines/sku-1/quantity", .add(.integer(2)))])
        let text = try specification()
        let bytes = Hexadecimal.text(Protobuf.encode(first.message))
        #expect(text.replacing(" ", with: "").replacing("\n", with: "").contains(bytes))
        #expect(bytes.utf8.count == 2 * 59)

        var state = StreamState()
        state.apply(.event(first), at: Offset(rawValue: 1), schemas: BuiltinSchemas.all)
        #expect(text.contains("\n\(state.canonicalJSON)\n"))
        #expect(text.contains("`\(StateHash(of: state))`"))
        #expect(text.contains("`\(StateHash(of: StreamState()))`"))
    }

    @Test func `A line that is edited while it is removed stays as in section 5.5`() throws {
        var seen = StreamState()
        let schemas = BuiltinSchemas.all
        let first = try event(
            phone, 1, seen: 0,
            [
                operation("/lines/sku-1/title", .set(.string("Tea"))),
                operation("/lines/sku-1/quantity", .add(.integer(2))),
            ])
        seen.apply(.event(first), at: Offset(rawValue: 1), schemas: schemas)
        let edit = try operation("/lines/sku-1/quantity", .add(.integer(1)))
        let keeps = seen.keeps(for: [edit], schemas: schemas)
        let origin = Origin(
            dot: first.dot, offset: Offset(rawValue: 1), timestamp: first.timestamp)
        #expect(keeps == [try operation("/lines/sku-1/title", .keep(.string("Tea"), origin))])

        var state = seen
        let removal = try event(kiosk, 1, seen: 1, [operation("/lines", .remove(.string("sku-1")))])
        state.apply(.event(removal), at: Offset(rawValue: 2), schemas: schemas)
        #expect(state.entities.isEmpty)
        let second = try event(phone, 2, seen: 1, [edit] + keeps)
        state.apply(.event(second), at: Offset(rawValue: 3), schemas: schemas)
        let cart = try #require(state.value(of: EntityID("cart/main"), schemas: schemas))
        #expect(cart.canonicalJSON == #"{"lines":{"sku-1":{"quantity":1,"title":"Tea"}}}"#)
    }
}
