import BatonCore

/// One file of the log: the streams that lie in it, with a writer thread, a checkpointer and reader
/// threads of their own.
final class LogFile: Sendable {
    private let mailbox: Mailbox<WriterJob>
    private let stopCheckpoints = Mailbox<Void>(count: 1)
    private let readers: Readers
    private let writer: Worker
    private let checkpointer: Worker
    private let options: SQLiteLog.Options
    /// What became of the commits.
    let record = CommitRecord()

    /// Takes over `connection`, which was opened for writing on the file at `path`.
    init(
        _ connection: Connection, path: String, signals: AppendSignals, options: SQLiteLog.Options
    ) throws(LogFailure) {
        if let limit = options.pageLimit {
            try connection.run("PRAGMA max_page_count = \(limit)")
        }
        let checkpoints = try Connection(path: path, access: .write)
        try checkpoints.configure()
        readers = try Readers(path: path, count: options.readers)
        self.options = options
        // Before anybody can watch: what comes after this is news to those who do, however long the
        // writer's thread takes to begin.
        let version = try connection.dataVersion()
        let mailbox = Mailbox<WriterJob>(count: options.queuedJobs, cost: options.queuedBytes)
        let turn = CheckpointTurn()
        let stop = stopCheckpoints
        let record = record
        self.mailbox = mailbox
        writer = Worker("baton-log-writer") {
            Writer(
                connection: connection, since: version, mailbox: mailbox, signals: signals,
                checkpoints: turn, record: record, options: options
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

    /// Hands a job to the writer, and waits until what it did is durable.
    func write<Value: Sendable>(_ job: (WriterJob.Reply<Value>) -> WriterJob)
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

    /// Adds what waits for this file's writer.
    func add(to load: inout LogLoad) {
        let now = mailbox.load
        load.waiting += now.waiting
        load.waitingLimit += options.queuedJobs
        load.waitingBytes += now.cost
        load.waitingBytesLimit += options.queuedBytes
        load.committing += now.inHand
        load.commits += now.inHand > 0 ? 1 : 0
        load.writers += 1
    }

    /// What `body` reads, in one transaction.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(LogFailure) -> Value
    ) async throws(LogFailure) -> Value {
        try await readers.read(body)
    }

    /// Finishes what was handed in, then lets go of the file.
    func close() async {
        mailbox.close()
        readers.close()
        await writer.finished()
        await readers.finished()
        // Last: the last connection to close copies all pages into the file.
        stopCheckpoints.close()
        await checkpointer.finished()
    }
}
