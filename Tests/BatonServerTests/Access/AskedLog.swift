import BatonCore
import BatonLog
import Synchronization

/// A log that notes of which streams it is asked something.
final class AskedLog: LogEngine {
    private let log = MemoryLog()
    private let asked = Mutex<[StreamKey]>([])

    /// The streams that it was asked of, which are forgotten.
    func take() -> [StreamKey] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked
        }
    }

    private func note(_ stream: StreamKey) { asked.withLock { $0.append(stream) } }

    var identity: LogIdentity { log.identity }
    var load: LogLoad { log.load }
    var record: LogRecord { log.record }

    func append(
        _ request: AppendRequest, to stream: StreamKey
    ) async throws(LogFailure) -> AppendResult {
        note(stream)
        return try await log.append(request, to: stream)
    }

    func read(
        _ stream: StreamKey, after offset: Offset, limit: ReadLimit
    ) async throws(LogFailure) -> LogSlice {
        note(stream)
        return try await log.read(stream, after: offset, limit: limit)
    }

    func head(of stream: StreamKey) async throws(LogFailure) -> LogHead {
        note(stream)
        return try await log.head(of: stream)
    }

    func vector(
        of stream: StreamKey, at offset: Offset
    ) async throws(LogFailure) -> VersionVector? {
        note(stream)
        return try await log.vector(of: stream, at: offset)
    }

    func headers(
        of stream: StreamKey, after offset: Offset, limit: Int
    ) async throws(LogFailure) -> [ChunkHeader] {
        note(stream)
        return try await log.headers(of: stream, after: offset, limit: limit)
    }

    func snapshot(
        of stream: StreamKey, _ kind: SnapshotKind
    ) async throws(LogFailure) -> StoredSnapshot? {
        note(stream)
        return try await log.snapshot(of: stream, kind)
    }

    func store(
        _ snapshot: StoredSnapshot, as kind: SnapshotKind, for stream: StreamKey
    ) async throws(LogFailure) {
        note(stream)
        try await log.store(snapshot, as: kind, for: stream)
    }

    func compact(
        _ stream: StreamKey, through offset: Offset
    ) async throws(LogFailure) -> Offset {
        note(stream)
        return try await log.compact(stream, through: offset)
    }

    func putBack(
        _ chunks: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?, to stream: StreamKey
    ) async throws(LogFailure) -> LogHead {
        note(stream)
        return try await log.putBack(chunks, after: chain, movedTo: movedTo, to: stream)
    }

    func beginning(of stream: StreamKey) async throws(LogFailure) -> StreamBeginning {
        note(stream)
        return try await log.beginning(of: stream)
    }

    func begin(
        _ stream: StreamKey, at beginning: StreamBeginning
    ) async throws(LogFailure) {
        note(stream)
        try await log.begin(stream, at: beginning)
    }

    func tenants(after name: TenantID?, limit: Int) async throws(LogFailure) -> [TenantID] {
        try await log.tenants(after: name, limit: limit)
    }

    func streams(
        of tenant: TenantID, after name: StreamID?, limit: Int
    ) async throws(LogFailure) -> [StreamSummary] {
        try await log.streams(of: tenant, after: name, limit: limit)
    }

    func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch {
        for stream in streams { note(stream) }
        return log.watch(streams, tell)
    }

    func close() async { await log.close() }
}
