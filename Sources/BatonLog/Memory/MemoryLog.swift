public import BatonCore
import Synchronization

/// A log in memory, gone when the process ends: for tests, simulation and trying things out.
///
/// Grows with what is appended until it is compacted; durable means "until the process ends".
/// Appending costs O(entries), and for entries that the log knows already O(the stream's log).
public final class MemoryLog: LogEngine {
    private struct State {
        var streams: [StreamKey: MemoryStream] = [:]
        var isClosed = false

        func open() throws(LogFailure) -> [StreamKey: MemoryStream] {
            guard !isClosed else { throw .closed }
            return streams
        }
    }

    public let identity: LogIdentity
    private let state = Mutex(State())
    private let signals = AppendSignals()

    /// An empty log. Its identity is drawn at random unless it is given.
    public init(identity: LogIdentity = .random()) {
        self.identity = identity
    }

    public func append(_ request: AppendRequest, to stream: StreamKey) async throws(LogFailure)
        -> AppendResult
    {
        let (result, hasGrown) = try change(stream) { stream throws(LogFailure) in
            let head = stream.head
            let result = try stream.append(request)
            return (result, result.head > head)
        }
        if hasGrown { signals.signal([stream]) }
        return result
    }

    public func read(_ stream: StreamKey, after offset: Offset, limit: ReadLimit)
        async throws(LogFailure) -> LogSlice
    {
        try look(stream).read(after: offset, limit: limit)
    }

    public func head(of stream: StreamKey) async throws(LogFailure) -> LogHead {
        try look(stream).place
    }

    public func vector(of stream: StreamKey, at offset: Offset) async throws(LogFailure)
        -> VersionVector?
    {
        try look(stream).vector(at: offset)
    }

    public func headers(of stream: StreamKey, after offset: Offset, limit: Int)
        async throws(LogFailure) -> [ChunkHeader]
    {
        try look(stream).headers(after: offset, limit: limit)
    }

    public func snapshot(of stream: StreamKey, _ kind: SnapshotKind) async throws(LogFailure)
        -> StoredSnapshot?
    {
        try look(stream).snapshot(kind)
    }

    public func store(_ snapshot: StoredSnapshot, as kind: SnapshotKind, for stream: StreamKey)
        async throws(LogFailure)
    {
        try change(stream) { stream throws(LogFailure) in
            try stream.store(snapshot, as: kind)
        }
    }

    public func putBack(
        _ chunks: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?, to stream: StreamKey
    ) async throws(LogFailure) -> LogHead {
        try change(stream) { stream throws(LogFailure) in
            try stream.putBack(chunks, after: chain, movedTo: movedTo)
        }
    }

    public func tenants(after name: TenantID?, limit: Int) async throws(LogFailure) -> [TenantID] {
        let all = try state.withLock { state throws(LogFailure) in try state.open() }
        let tenants = Set(all.keys.map(\.tenant)).filter { tenant in
            name.map { tenant > $0 } ?? true
        }
        return Array(tenants.sorted().prefix(max(0, limit)))
    }

    public func compact(_ stream: StreamKey, through offset: Offset) async throws(LogFailure)
        -> Offset
    {
        try change(stream) { stream throws(LogFailure) in try stream.compact(through: offset) }
    }

    public func streams(of tenant: TenantID, after name: StreamID?, limit: Int)
        async throws(LogFailure) -> [StreamSummary]
    {
        let all = try state.withLock { state throws(LogFailure) in try state.open() }
        let streams = all.filter { key, _ in
            key.tenant == tenant && name.map { key.stream > $0 } ?? true
        }
        return streams.sorted { $0.key.stream < $1.key.stream }.prefix(max(0, limit)).map {
            StreamSummary(
                stream: $0.key.stream, head: $0.value.head, horizon: $0.value.horizon,
                replicas: $0.value.replicas.count, updatedAt: $0.value.updatedAt)
        }
    }

    public func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch {
        signals.watch(streams, tell)
    }

    public func close() async {
        state.withLock { $0 = State(isClosed: true) }
        signals.finish()
    }

    func look(_ key: StreamKey) throws(LogFailure) -> MemoryStream {
        try state.withLock { state throws(LogFailure) in
            try state.open()[key] ?? MemoryStream()
        }
    }

    func change<Result: Sendable>(
        _ key: StreamKey, _ body: (inout MemoryStream) throws(LogFailure) -> Result
    ) throws(LogFailure) -> Result {
        try state.withLock { state throws(LogFailure) in
            _ = try state.open()
            // Moved out and back, so that the stream is changed in place and not copied.
            var stream = state.streams.removeValue(forKey: key) ?? MemoryStream()
            defer { if stream.head > .start { state.streams[key] = stream } }
            return try body(&stream)
        }
    }
}
