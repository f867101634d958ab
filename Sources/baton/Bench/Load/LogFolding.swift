import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// Folds streams into snapshots.
enum LogFolding {
    /// Folds the stream up to its head and drops what the snapshot covers. Returns the bytes of the
    /// live state.
    static func compact(_ key: StreamKey, in log: SQLiteLog) async throws -> Int {
        var state = StreamState()
        while true {
            let slice = try await log.read(
                key, after: state.offset, limit: ReadLimit(events: 5_000, bytes: 1 << 20))
            for chunk in slice.chunks {
                for (index, entry) in try ChunkEntries.read(chunk).enumerated() {
                    state.apply(
                        entry, at: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                        schemas: BuiltinSchemas.all)
                }
            }
            if state.offset >= slice.head { break }
        }
        let body = Protobuf.encode(state.message)
        try await log.store(
            StoredSnapshot(
                offset: state.offset, body: body, stateHash: StateHash(of: state).bytes),
            as: .base, for: key)
        _ = try await log.compact(key, through: state.offset)
        return body.count
    }
}
