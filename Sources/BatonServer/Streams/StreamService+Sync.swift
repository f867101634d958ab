import BatonCore
import BatonLog
package import BatonWire
import HTTPTypes
import SwiftProtobuf

/// One stream's part of a sync's answer.
package struct SyncedStream: Sendable {
    /// The part without what was pulled.
    package var message: Baton_V1_StreamSyncResult
    /// What was pulled; `nil` where the part failed.
    package var pulled: Pulled?
    /// Why the part failed, if it did.
    package var problem: Problem?
}

extension StreamService {
    /// All parts of a sync, in order. When the answer has grown long, what is left of the streams
    /// comes an event at a time, for a client to go on with.
    package func synced(_ sync: IncomingSync, by caller: Principal) async -> [SyncedStream] {
        var results: [SyncedStream] = []
        var room = limits.bytesPerSync
        for part in sync.parts {
            let result = await synced(part, by: caller, bytes: max(1, room))
            room -= result.pulled?.batches.reduce(0) { $0 + $1.frames.count } ?? 0
            results.append(result)
        }
        return results
    }

    /// One stream's part of a sync: pushes, then pulls about so many bytes of events. What fails
    /// here fails for this stream only.
    package func synced(
        _ part: IncomingSync.Part, by caller: Principal, bytes: Int = .max
    ) async -> SyncedStream {
        var result = Baton_V1_StreamSyncResult()
        result.stream = part.stream
        do {
            let key = try key(part.stream, for: caller)
            if let batch = part.push {
                result.pushed =
                    try await isOfOtherLog(part.after)
                    ? refused(batch, of: key) : push(batch, to: key, by: caller)
            }
            let pulled = try await pull(
                key, after: part.after, limit: part.limit, replica: part.replica,
                isBound: caller.replica != nil && caller.replica == part.replica, bytes: bytes,
                in: sight(of: key, for: caller))
            return SyncedStream(message: result, pulled: pulled)
        } catch {
            result.problem = .with {
                $0.type = error.type
                $0.title = error.slug.title
                $0.status = UInt32(error.slug.status.code)
                $0.detail = error.detail
            }
            return SyncedStream(message: result, problem: error)
        }
    }

    /// Whether a cursor is of another log than this one.
    private func isOfOtherLog(_ cursor: String) throws(Problem) -> Bool {
        try Cursor(cursor, epoch: engine.identity.epoch).epoch != engine.identity.epoch
    }

    /// The answer to events whose writer stands in another log: what it had seen is said in offsets
    /// of that one, which may be taken here for others (section 9.6).
    private func refused(
        _ batch: PushedBatch, of key: StreamKey
    ) async throws(Problem) -> Baton_V1_PushResponse {
        let head = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }.offset
        let why = Refusal(
            .unknownContext,
            "the cursor is of another log: take the snapshot, and write anew what this log lacks")
        let behind = Refusal(
            .notReached, "an earlier event of this push was refused; push this one again after it")
        var response = Baton_V1_PushResponse()
        response.verdicts = batch.events.indices.map { index in
            Verdict.refused(index == 0 ? why : behind, .start).message(
                counter: Counter(rawValue: batch.firstCounter.rawValue + UInt64(index)))
        }
        response.head = head.rawValue
        response.serverTime = wallClock()
        return response
    }

    /// The protobuf encoding of a sync's answer.
    package func encoded(_ streams: [SyncedStream]) -> [UInt8] {
        var response = Baton_V1_SyncResponse()
        response.serverTime = wallClock()
        return PulledBatch.encode(
            response,
            streams: streams.map { PulledBatch.encode($0.message, pulled: $0.pulled?.encoded) })
    }
}
