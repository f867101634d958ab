import BatonCore
import BatonLog
import BatonWire
import SwiftProtobuf

extension StreamAdoption {
    /// The events' operations: groups are joined while an event stays well within its limits.
    static func packed(_ groups: [[FieldOperation]]) -> [[FieldOperation]] {
        var packed: [[FieldOperation]] = []
        var size = 0
        for group in groups {
            let bytes = group.reduce(0) { $0 + $1.encodedSize }
            let fits =
                (packed.last?.count ?? 0) + group.count <= ProtocolLimits.operationsPerEvent / 2
                && size + bytes <= ProtocolLimits.eventBytes / 2
            if fits, !packed.isEmpty {
                packed[packed.count - 1] += group
                size += bytes
            } else {
                packed.append(group)
                size = bytes
            }
        }
        return packed
    }
}

extension FieldOperation {
    /// The bytes of its encoding.
    fileprivate var encodedSize: Int { Protobuf.encode(message).count }
}

extension [Event] {
    /// The events, of one replica, as one append.
    func request(receivedAt: Int64) -> AppendRequest {
        var body: [UInt8] = []
        var entries: [AppendRequest.Entry] = []
        for event in self {
            let start = body.count
            EventFrames.append(event.encoded, to: &body)
            entries.append(
                AppendRequest.Entry(
                    length: body.count - start, seen: event.context.seen,
                    beyond: event.context.beyond))
        }
        return AppendRequest(
            replica: self[0].dot.replica, firstCounter: self[0].dot.counter, body: body,
            entries: entries, receivedAt: receivedAt)
    }
}

extension StreamAdoption {
    /// What is answered: `writer` wrote the events that end with `counter`.
    func response(
        _ verdict: Verdict, by writer: ReplicaID, counter: Counter, head: Offset,
        upTo offset: Offset
    ) -> Baton_V1_AdoptResponse {
        .with {
            $0.verdict = verdict.message(counter: counter)
            $0.replica = writer.description
            $0.head = head.rawValue
            $0.adopted = offset.rawValue
        }
    }
}
