public import BatonCore
import Foundation

/// The log in SQLite files, for one machine: the engine that a server runs on by default.
///
/// Write-ahead log, `synchronous=FULL`, and for each file group commit by one writer thread, a
/// background checkpointer, a few reader threads. The layout is drawn at `Layout`. Several processes
/// may open the same directory. An append costs O(entries); reading costs what is read.
public final class SQLiteLog: LogEngine {
    public let identity: LogIdentity
    private let set: FileSet
    let files: [LogFile]
    private let signals: AppendSignals

    /// The name of the log's first file in its directory.
    public static let fileName = "baton.db"

    /// Opens the log in `directory`, and makes both where they do not exist. Waits for the disk:
    /// call it once, when a server starts.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` for a file that is no log, or where one of several is
    ///   missing; ``LogFailure/Code/newerFormat``, ``LogFailure/Code/inputOutput``.
    public static func open(directory: String, options: Options = Options()) throws(LogFailure)
        -> SQLiteLog
    {
        do {
            // The owner alone: a log holds what customers did.
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw LogFailure(
                .inputOutput, "\(directory) cannot be made: check the path and its rights",
                cause: "\(error)")
        }
        let opened = try OpenedFiles(directory: directory, count: options.files)
        return try SQLiteLog(opened, options: options)
    }

    /// The paths of the files of the log in `directory`, in their order, without what SQLite lays
    /// beside them. Only looks.
    ///
    /// - Throws: as ``open(directory:options:)``, and where there is no log.
    public static func files(in directory: String) throws(LogFailure) -> [String] {
        try OpenedFiles.existing(in: directory).paths
    }

    private init(_ opened: OpenedFiles, options: Options) throws(LogFailure) {
        identity = opened.identity
        set = opened.set
        let signals = AppendSignals()
        self.signals = signals
        var files: [LogFile] = []
        for (connection, path) in zip(opened.connections, opened.set.paths) {
            files.append(
                try LogFile(connection, path: path, signals: signals, options: options))
        }
        self.files = files
    }

    public var load: LogLoad {
        var load = LogLoad()
        for file in files { file.add(to: &load) }
        return load
    }

    public var record: LogRecord {
        var record = LogRecord()
        for file in files { record.add(file.record.now) }
        return record
    }

    private func file(of key: StreamKey) -> LogFile { files[set.index(of: key)] }

    public func append(_ request: AppendRequest, to stream: StreamKey) async throws(LogFailure)
        -> AppendResult
    {
        try await file(of: stream).write { .append(request, stream, $0) }
    }

    public func store(_ snapshot: StoredSnapshot, as kind: SnapshotKind, for stream: StreamKey)
        async throws(LogFailure)
    {
        let packed = try PackedSnapshot(snapshot)
        try await file(of: stream).write { .store(packed, kind, stream, $0) }
    }

    public func compact(_ stream: StreamKey, through offset: Offset) async throws(LogFailure)
        -> Offset
    {
        while true {
            let step = try await file(of: stream).write { .compact(offset, stream, $0) }
            if step.isDone { return step.horizon }
        }
    }

    public func putBack(
        _ chunks: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?, to stream: StreamKey
    ) async throws(LogFailure) -> LogHead {
        let run = WriterJob.PutBack(chunks: chunks, chain: chain, movedTo: movedTo)
        return try await file(of: stream).write { .putBack(run, stream, $0) }
    }

    public func begin(_ stream: StreamKey, at beginning: StreamBeginning) async throws(LogFailure) {
        let base = try beginning.base.map { (base) throws(LogFailure) in try PackedSnapshot(base) }
        try await file(of: stream).write { .begin(beginning, base, stream, $0) }
    }

    /// Gives the space of what was dropped back to the disk, a part at a time, so that writes go on
    /// in between. `pause` is called after each part.
    public func shrink(pause: @Sendable () async -> Void = {}) async throws(LogFailure) {
        for file in files {
            while try await file.write({ .shrink(pages: Self.pagesAStep, $0) }) { await pause() }
        }
    }

    /// Pages that are given back at once: 1 MiB, moved in about a millisecond each.
    private static let pagesAStep = 256

    public func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch {
        signals.watch(streams, tell)
    }

    public func close() async {
        for file in files { await file.close() }
        signals.finish()
    }
}

extension SQLiteLog {
    public func read(_ stream: StreamKey, after offset: Offset, limit: ReadLimit)
        async throws(LogFailure) -> LogSlice
    {
        try await look(at: stream) { (stored) throws(LogFailure) in
            try stored.slice(after: offset, limit: limit)
        } ?? LogSlice(chunks: [], head: .start, horizon: .start)
    }

    public func head(of stream: StreamKey) async throws(LogFailure) -> LogHead {
        try await look(at: stream) { (stored) throws(LogFailure) in stored.head } ?? .empty
    }

    public func vector(of stream: StreamKey, at offset: Offset) async throws(LogFailure)
        -> VersionVector?
    {
        let found = try await look(at: stream) { (stored) throws(LogFailure) in
            try stored.vector(at: offset)
        }
        guard let found else { return VersionVector() }
        return found
    }

    public func headers(of stream: StreamKey, after offset: Offset, limit: Int)
        async throws(LogFailure) -> [ChunkHeader]
    {
        try await look(at: stream) { (stored) throws(LogFailure) in
            try stored.headers(after: offset, limit: limit)
        } ?? []
    }

    public func snapshot(of stream: StreamKey, _ kind: SnapshotKind) async throws(LogFailure)
        -> StoredSnapshot?
    {
        try await look(at: stream) { (stored) throws(LogFailure) in try stored.snapshot(kind) }
            ?? nil
    }

    public func streams(of tenant: TenantID, after name: StreamID?, limit: Int)
        async throws(LogFailure) -> [StreamSummary]
    {
        try await merged(limit) { (connection) throws(LogFailure) in
            try StreamSummary.list(of: tenant, after: name, limit: limit, on: connection)
        } by: {
            $0.stream < $1.stream
        }
    }

    public func tenants(after name: TenantID?, limit: Int) async throws(LogFailure) -> [TenantID] {
        // A tenant may have streams in each file.
        let all = try await merged(.max) { (connection) throws(LogFailure) in
            try TenantID.list(after: name, limit: limit, on: connection)
        } by: {
            $0 < $1
        }
        return Array(Set(all).sorted().prefix(max(0, limit)))
    }

    /// What `body` lists of each file, together in order, at most `limit`.
    private func merged<Element: Sendable>(
        _ limit: Int,
        _ body: @escaping @Sendable (Connection) throws(LogFailure) -> [Element],
        by isBefore: (Element, Element) -> Bool
    ) async throws(LogFailure) -> [Element] {
        var all: [Element] = []
        for file in files { all += try await file.read(body) }
        return Array(all.sorted(by: isBefore).prefix(max(0, limit)))
    }

    /// What `body` reads of the stream in one transaction; `nil` where it does not exist.
    func look<Value: Sendable>(
        at key: StreamKey, _ body: @escaping @Sendable (StoredStream) throws(LogFailure) -> Value
    ) async throws(LogFailure) -> Value? {
        try await file(of: key).read { (connection) throws(LogFailure) in
            guard let stored = try StoredStream(key, on: connection) else { return nil }
            return try body(stored)
        }
    }
}
