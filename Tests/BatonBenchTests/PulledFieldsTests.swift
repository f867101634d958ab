import BatonCore
import BatonWire
import Testing

@testable import baton

struct PulledFieldsTests {
    @Test func `What a device needs is read without decoding an event`() throws {
        var response = Baton_V1_PullResponse()
        response.cursor = "cursor-1"
        response.more = true
        response.head = 70_000
        for count in [3, 200] {
            var batch = Baton_V1_Batch()
            batch.replica = ReplicaID(high: 1, low: 2).description
            batch.counter = 300
            batch.events = Array(repeating: Baton_V1_Event(), count: count)
            response.batches.append(batch)
        }
        let fields = try PulledFields(Protobuf.encode(response))
        #expect(fields.cursor == "cursor-1" && fields.more && fields.events == 203)
        #expect(!fields.hasSnapshot)
    }

    @Test func `A push is the message that the protocol says`() throws {
        for events in [1, 40] {
            let sample = try PushSample(events: events)
            let replica = ReplicaID(high: 7, low: 9)
            let bytes = PushBody.bytes(replica: replica, counter: 300, frames: sample.frames)
            let batch = try PushedBatch(pushRequest: bytes)
            #expect(batch.replica == replica && batch.firstCounter == Counter(rawValue: 300))
            #expect(batch.events.count == events)
            #expect(batch.encodings.allSatisfy { Array($0) == sample.event })
        }
    }

    @Test func `A cart's live state stays the same size however often it is edited`() throws {
        let history = CartHistory(lines: 5)
        func size(_ events: Int) throws -> Int {
            var state = StreamState()
            let replica = ReplicaID(high: 0, low: 1)
            for number in 0..<events {
                let dot = Dot(replica, Counter(rawValue: UInt64(number + 1)))
                state.apply(
                    try Entry(encoded: history.event(number), dot: dot),
                    at: Offset(rawValue: UInt64(number + 1)), schemas: BuiltinSchemas.all)
            }
            #expect(state.vector.covers(Dot(replica, Counter(rawValue: UInt64(events)))))
            return Protobuf.encode(state.message).count
        }
        // A counter or an offset may take one byte more.
        #expect(try abs(size(5) - size(100)) < 5 * 3 * 4)
    }
}
