import BatonCore
import BatonLog
import Synchronization

/// A log on a simulated disk: what is written is there only once it is synced, and who waits for
/// disk or sync waits in simulated time.
///
/// Decides as the engine in memory does (``MemoryStream``); what it adds is the line between written
/// and durable. A sync makes durable all that was written before it. Readers see only what is.
final class SimulatedLog: LogEngine {
    /// What a call waits for.
    enum Wait: Sendable {
        case read
        case sync
    }

    /// Something that has become durable.
    enum News: Sendable {
        case grown(StreamKey, [Chunk])
        case stored(StreamKey, StoredSnapshot)
    }

    fileprivate struct Transaction {
        let key: StreamKey
        let stream: MemoryStream
    }

    fileprivate struct State {
        var committed: [StreamKey: MemoryStream] = [:]
        var written: [StreamKey: MemoryStream] = [:]
        var unsynced: [Transaction] = []
        var waits: [Int: CheckedContinuation<Bool, Never>] = [:]
        var newWaits: [(id: Int, kind: Wait)] = []
        var nextWait = 0
        var news: [News] = []
        var isDown = false
        var isFull = false
        var plannedCrash: (writes: Int, moment: CrashMoment)?
        var isCrashDue = false
        var identity: LogIdentity
        var backup: [StreamKey: MemoryStream]?
    }

    private let sabotage: Sabotage?
    private let state: Mutex<State>

    init(identity: LogIdentity, sabotage: Sabotage?) {
        self.sabotage = sabotage
        state = Mutex(State(identity: identity))
    }

    var identity: LogIdentity { state.withLock { $0.identity } }

    func append(_ request: AppendRequest, to key: StreamKey) async throws(LogFailure)
        -> AppendResult
    {
        try await pause(.read)
        let request = sabotage?.altered(request) ?? request
        let result = try write(key) { stream throws(LogFailure) in
            let isFull = state.withLock { $0.isFull }
            if isFull { throw LogFailure(.full, "the simulated disk is full") }
            return try stream.append(request)
        }
        if sabotage != .acknowledgesBeforeSync { try await pause(.sync) }
        return result
    }

    func read(_ key: StreamKey, after offset: Offset, limit: ReadLimit) async throws(LogFailure)
        -> LogSlice
    {
        try await pause(.read)
        return try look(key).read(after: offset, limit: limit)
    }

    func head(of key: StreamKey) async throws(LogFailure) -> LogHead {
        try await pause(.read)
        let stream = look(key)
        return LogHead(
            offset: stream.head, horizon: stream.horizon, chain: stream.chain,
            movedTo: stream.movedTo)
    }

    func vector(of key: StreamKey, at offset: Offset) async throws(LogFailure) -> VersionVector? {
        try await pause(.read)
        return look(key).vector(at: offset)
    }

    func headers(of key: StreamKey, after offset: Offset, limit: Int)
        async throws(LogFailure) -> [ChunkHeader]
    {
        try await pause(.read)
        return look(key).headers(after: offset, limit: limit)
    }

    func snapshot(of key: StreamKey, _ kind: SnapshotKind) async throws(LogFailure)
        -> StoredSnapshot?
    {
        try await pause(.read)
        return look(key).snapshot(kind)
    }

    func store(_ snapshot: StoredSnapshot, as kind: SnapshotKind, for key: StreamKey)
        async throws(LogFailure)
    {
        try await pause(.read)
        let snapshot = sabotage?.altered(snapshot, after: look(key).snapshot(.latest)) ?? snapshot
        try write(key) { stream throws(LogFailure) in try stream.store(snapshot, as: kind) }
        try await pause(.sync)
    }

    func putBack(
        _ chunks: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?, to key: StreamKey
    ) async throws(LogFailure) -> LogHead {
        try await pause(.read)
        let head = try write(key) { stream throws(LogFailure) in
            try stream.putBack(chunks, after: chain, movedTo: movedTo)
        }
        try await pause(.sync)
        return head
    }

    func beginning(of key: StreamKey) async throws(LogFailure) -> StreamBeginning {
        try await pause(.read)
        return look(key).beginning
    }

    func begin(_ key: StreamKey, at beginning: StreamBeginning) async throws(LogFailure) {
        try await pause(.read)
        try write(key) { stream throws(LogFailure) in try stream.begin(at: beginning) }
        try await pause(.sync)
    }

    /// Nobody lists tenants or streams in the simulation.
    func tenants(after name: TenantID?, limit: Int) async throws(LogFailure) -> [TenantID] { [] }

    func compact(_ key: StreamKey, through offset: Offset) async throws(LogFailure) -> Offset {
        try await pause(.read)
        let horizon = try write(key) { stream throws(LogFailure) in
            try stream.compact(through: offset)
        }
        try await pause(.sync)
        return horizon
    }

    func streams(of tenant: TenantID, after name: StreamID?, limit: Int) async throws(LogFailure)
        -> [StreamSummary]
    {
        []
    }

    /// Nobody is told: the simulation sees what becomes durable, and tells devices itself.
    func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch {
        tell(.closed)
        return AppendWatch()
    }

    func close() async {}

    /// What is durable now.
    func look(_ key: StreamKey) -> MemoryStream {
        state.withLock { $0.committed[key] ?? MemoryStream() }
    }

    private func write<Result: Sendable>(
        _ key: StreamKey, _ body: (inout MemoryStream) throws(LogFailure) -> Result
    ) throws(LogFailure) -> Result {
        let moment = state.withLock { $0.takePlannedCrash() }
        if moment == .beforeWrite { throw Self.crashed }
        var stream = state.withLock { $0.written[key] ?? $0.committed[key] ?? MemoryStream() }
        let result = try body(&stream)
        state.withLock { state in
            state.written[key] = stream
            state.unsynced.append(Transaction(key: key, stream: stream))
            if moment == .beforeAnswer { state.sync() }
        }
        return result
    }

    /// Waits until the simulation says that the disk is done; fails where the machine dies meanwhile.
    private func pause(_ kind: Wait) async throws(LogFailure) {
        let goesOn = await withCheckedContinuation { continuation in
            let isDown = state.withLock { state in
                guard !state.isDown else { return true }
                state.waits[state.nextWait] = continuation
                state.newWaits.append((state.nextWait, kind))
                state.nextWait += 1
                return false
            }
            if isDown { continuation.resume(returning: false) }
        }
        if !goesOn { throw Self.crashed }
    }

    private static var crashed: LogFailure { LogFailure(.closed, "the simulated machine is down") }
}

// What the simulation does with it.
extension SimulatedLog {
    /// The waits that have begun since this was asked last.
    func takeNewWaits() -> [(id: Int, kind: Wait)] {
        state.withLock { state in
            defer { state.newWaits = [] }
            return state.newWaits
        }
    }

    /// What has become durable since this was asked last.
    func takeNews() -> [News] {
        state.withLock { state in
            defer { state.news = [] }
            return state.news
        }
    }

    /// Lets a wait end; that of a sync makes durable what was written.
    func wake(_ id: Int, _ kind: Wait) {
        let continuation = state.withLock { state in
            let continuation = state.waits.removeValue(forKey: id)
            if continuation != nil, kind == .sync { state.sync() }
            return continuation
        }
        continuation?.resume(returning: true)
    }

    /// Lets the machine die at its n-th write from now on.
    func planCrash(atWrite count: Int, _ moment: CrashMoment) {
        state.withLock { $0.plannedCrash = (count, moment) }
    }

    /// Whether a planned crash has come due.
    var isCrashDue: Bool { state.withLock { $0.isCrashDue } }

    /// Lets the machine die: of what was not synced, only the first `kept` writes are on disk.
    func crash(keeping kept: Int) {
        let waits = state.withLock { state in
            defer {
                state.waits = [:]
                state.newWaits = []
            }
            for transaction in state.unsynced.prefix(kept) { state.commit(transaction) }
            state.unsynced = []
            state.written = [:]
            state.plannedCrash = nil
            state.isCrashDue = false
            state.isDown = true
            return state.waits.sorted { $0.key < $1.key }.map(\.value)
        }
        for wait in waits { wait.resume(returning: false) }
    }

    /// The machine is up again.
    func restart() { state.withLock { $0.isDown = false } }

    /// Keeps a copy of what is durable, in place of an earlier one.
    func backUp() { state.withLock { $0.backup = $0.committed } }

    /// Whether there is a copy to restore from.
    var hasBackup: Bool { state.withLock { $0.backup != nil } }

    /// Becomes what the copy holds, as another log; the machine is down. Returns where the streams
    /// end now.
    func restore(as identity: LogIdentity) -> [StreamKey: Offset] {
        state.withLock { state in
            precondition(state.isDown, "a log is restored under a running server")
            state.committed = state.backup ?? [:]
            state.identity = identity
            return state.committed.mapValues(\.head)
        }
    }

    /// Whether the disk takes no more.
    func setFull(_ isFull: Bool) { state.withLock { $0.isFull = isFull } }
}

extension SimulatedLog.State {
    fileprivate mutating func takePlannedCrash() -> CrashMoment? {
        guard let planned = plannedCrash else { return nil }
        guard planned.writes == 0 else {
            plannedCrash?.writes -= 1
            return nil
        }
        plannedCrash = nil
        isCrashDue = true
        return planned.moment
    }

    fileprivate mutating func sync() {
        for transaction in unsynced { commit(transaction) }
        unsynced = []
    }

    fileprivate mutating func commit(_ transaction: SimulatedLog.Transaction) {
        let before = committed[transaction.key] ?? MemoryStream()
        let after = transaction.stream
        committed[transaction.key] = after
        let new = after.chunks.filter { $0.offset > before.head }
        if !new.isEmpty { news.append(.grown(transaction.key, new)) }
        if let snapshot = after.snapshot(.latest),
            snapshot.offset != before.snapshot(.latest)?.offset
        {
            news.append(.stored(transaction.key, snapshot))
        }
    }
}
