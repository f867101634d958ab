public import BatonCore
import Foundation

/// The log in one SQLite file, for one machine: the engine that a server runs on by default.
///
/// Write-ahead log, `synchronous=FULL`, group commit by one writer thread, a background
/// checkpointer, a few reader threads. The file's layout is drawn at `Layout`. Several processes may
/// open the same directory. An append costs O(entries); reading costs what is read.
public final class SQLiteLog: LogEngine {
    public let identity: LogIdentity
    private let mailbox: Mailbox<WriterJob>
    private let stopCheckpoints = Mailbox<Void>(count: 1)
    private let readers: Readers
    private let signals: AppendSignals
    private let writer: Worker
    private let checkpointer: Worker
    private let options: Options

    /// The name of the file in the log's directory.
    public static let fileName = "baton.db"

    /// Opens the log in `directory`, and makes both where they do not exist. Waits for the disk:
    /// call it once, when a server starts.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` for a file that is no log,
    ///   ``LogFailure/Code/newerFormat``, ``LogFailure/Code/inputOutput``.
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
        return try SQLiteLog(path: directory + "/" + fileName, options: options)
    }

    private init(path: String, options: Options) throws(LogFailure) {
        let connection = try Connection.openLog(at: path)
        if let limit = options.pageLimit {
            try connection.run("PRAGMA max_page_count = \(limit)")
        }
        identity = try connection.identity()
        let checkpoints = try Connection(path: path, access: .write)
        try checkpoints.configure()
        readers = try Readers(path: path, count: options.readers)
        self.options = options
        let mailbox = Mailbox<WriterJob>(count: options.queuedJobs, cost: options.queuedBytes)
        let signals = AppendSignals()
        let turn = CheckpointTurn()
        let stop = stopCheckpoints
        self.mailbox = mailbox
        self.signals = signals
        writer = Worker("baton-log-writer") {
            Writer(
                connection: connection, mailbox: mailbox, signals: signals, checkpoints: turn,
                options: options
            ).run()
        }
        checkpointer = Worker("baton-log-checkpointer") {
            Checkpointer.run(checkpoints, every: options.pollSeconds, turn: turn, until: stop)
        }
    }

    /// Without ``close()``, the threads still finish what was handed in and then end.
    deinit {
        mailbox.close()
        readers.close()
        stopCheckpoints.close()
    }

    public func append(_ request: AppendRequest, to stream: StreamKey) async throws(LogFailure)
        -> AppendResult
    {
        try await hand { .append(request, stream, $0) }
    }

    public func store(_ snapshot: StoredSnapshot, for stream: StreamKey) async throws(LogFailure) {
        try await hand { .store(snapshot, stream, $0) }
    }

    public func compact(_ stream: StreamKey, through offset: Offset) async throws(LogFailure)
        -> Offset
    {
        try await hand { .compact(offset, stream, $0) }
    }

    private func hand<Value: Sendable>(_ job: (WriterJob.Reply<Value>) -> WriterJob)
        async throws(LogFailure) -> Value
    {
        try await withCheckedContinuation { (reply: WriterJob.Reply<Value>) in
            let job = job(reply)
            switch mailbox.offer(job, cost: job.cost) {
            case .taken: break
            case .full:
                job.fail(
                    LogFailure(
                        .overloaded,
                        "\(options.queuedJobs) writes or \(options.queuedBytes) bytes wait for the "
                            + "disk: try again after a moment"))
            case .closed: job.fail(.closed)
            }
        }.get()
    }

    public func appends(to streams: Set<StreamKey>) -> AsyncStream<Void> {
        signals.subscribe(to: streams)
    }

    public func close() async {
        mailbox.close()
        readers.close()
        await writer.finished()
        await readers.finished()
        // Last: the last connection to close copies all pages into the file.
        stopCheckpoints.close()
        await checkpointer.finished()
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
        try await look(at: stream) { (stored) throws(LogFailure) in stored.head }
            ?? LogHead(offset: .start, horizon: .start, chain: LogChain.start)
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

    public func snapshot(of stream: StreamKey) async throws(LogFailure) -> StoredSnapshot? {
        try await look(at: stream) { (stored) throws(LogFailure) in try stored.snapshot() } ?? nil
    }

    public func streams(of tenant: TenantID, after name: StreamID?, limit: Int)
        async throws(LogFailure) -> [StreamSummary]
    {
        try await readers.read { (connection) throws(LogFailure) in
            var streams: [StreamSummary] = []
            try connection.each(
                .streamsAfter, .text(tenant.description), .text(name?.description ?? ""),
                .integer(Int64(max(0, limit)))
            ) { (row) throws(LogFailure) in
                guard let name = try? StreamID(row.text(0)) else {
                    throw LogFailure(
                        .corrupt, "a stream's name is damaged: restore from a backup")
                }
                streams.append(
                    StreamSummary(
                        stream: name, head: Offset(row.integer(1)), horizon: Offset(row.integer(2)),
                        replicas: Int(row.integer(4)), updatedAt: row.integer(3)))
                return true
            }
            return streams
        }
    }

    /// What `body` reads of the stream in one transaction; `nil` where it does not exist.
    func look<Value: Sendable>(
        at key: StreamKey, _ body: @escaping @Sendable (StoredStream) throws(LogFailure) -> Value
    ) async throws(LogFailure) -> Value? {
        try await readers.read { (connection) throws(LogFailure) in
            guard let stored = try StoredStream(key, on: connection) else { return nil }
            return try body(stored)
        }
    }
}
