import BatonCore
import BatonWire
import SwiftProtobuf
import Testing

@testable import BatonSync

/// Numbers that no log and no clock says are refused before a device counts on from them.
@Suite struct ImpossibleAnswerTests {
    private let writer = "8f14e45fceea167a5a36dedd4bea2543"

    private func take(
        serverTime: Int64 = 1_770_000_000_000, _ fill: (inout Baton_V1_PullResponse) -> Void
    ) throws {
        var replica = StreamReplica(
            stream: try StreamID("cust-1"), schemas: BuiltinSchemas.all,
            replica: ReplicaID(high: 1, low: 1))
        var installation = Installation(replica: replica.replica, clockCorrection: 7)
        let ask = SyncAsk(
            stream: replica.stream, replica: replica.replica, cursor: "", batch: nil)
        var result = Baton_V1_StreamSyncResult()
        fill(&result.pulled)
        _ = try replica.takeIn(
            answer: result, on: ask, wall: 1_770_000_000_000, serverTime: serverTime,
            previous: nil, newID: ReplicaID(high: 1, low: 2), installation: &installation)
    }

    @Test(arguments: [
        (UInt64.max, UInt64(1)), (1 << 53, 1), (0, 1), (1, .max), (1, 1 << 53), (1, 0),
    ])
    func `A batch stands at counters and offsets that there can be`(
        counter: UInt64, offset: UInt64
    ) throws {
        #expect(throws: WireFailure.self) {
            try take { pull in
                pull.batches = [
                    .with {
                        $0.replica = writer
                        $0.counter = counter
                        $0.offset = offset
                        $0.omitted = 2
                    }
                ]
            }
        }
    }

    @Test func `A log ends, and a snapshot stands, where a log can`() throws {
        let empty = StateHash(of: StreamState()).description
        try take { $0.head = largestExactInteger }
        #expect(throws: WireFailure.self) { try take { $0.head = .max } }
        #expect(throws: WireFailure.self) {
            try take { pull in
                pull.snapshot.offset = .max
                pull.snapshot.stateHash = empty
            }
        }
    }

    @Test(arguments: [Int64.min, -1, 253_402_300_800_000, .max])
    func `A server's clock stands between 1970 and the year 10000`(serverTime: Int64) throws {
        #expect(throws: SyncFailure.self) { try take(serverTime: serverTime) { _ in } }
    }
}
