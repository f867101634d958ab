import BatonCore
import BatonWire
import Testing

@testable import BatonSync

/// An event says what its writer had seen in a few bytes, however many have written before.
@Suite struct `A stream that ten thousand have written to` {
    @Test func `costs one more event no more bytes than a fresh one`() throws {
        func eventBytes(after replicas: UInt64) throws -> Int {
            let operations = [
                FieldOperation(
                    try EntityID("cart/main"), FieldPath(["lines", "sku-1", "quantity"]),
                    .add(.integer(1)))
            ]
            var state = StreamState()
            for number in 1...replicas {
                let writer = ReplicaID(high: 7, low: number)
                let event = Event(
                    dot: Dot(writer, Counter(rawValue: 1)),
                    context: Context(
                        replica: writer, own: .none, seen: Offset(rawValue: number - 1)),
                    timestamp: Timestamp(milliseconds: 1_760_000_000_000),
                    channel: try ChannelName("app"), operations: operations)
                state.apply(
                    .event(event), at: Offset(rawValue: number), schemas: BuiltinSchemas.all)
            }
            #expect(state.vector.counters.count == Int(replicas))
            var replica = StreamReplica(
                stream: try StreamID("cust-1"), schemas: BuiltinSchemas.all,
                replica: ReplicaID(high: 1, low: 1), confirmed: state)
            let event = try replica.write(
                operations, channel: ChannelName("app"), wall: 1_760_000_000_000,
                installation: ReplicaID(high: 1, low: 1))
            #expect(event.context.beyond.isEmpty)
            return event.encoded.count
        }
        let (fresh, late) = (try eventBytes(after: 1), try eventBytes(after: 10_000))
        // The number of the offset takes a byte more.
        #expect(late <= fresh + 2)
        #expect(late < 80)
    }
}
