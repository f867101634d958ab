import BatonCore
import Synchronization

/// The one thread of a process that writes: takes all that waits, does it in one transaction, and
/// answers once that is durable (group commit, L5).
///
/// Everything here belongs to the writer's thread, but for what is `Sendable` by itself.
final class Writer {
    private let connection: Connection
    private let mailbox: Mailbox<WriterJob>
    private let signals: AppendSignals
    private let checkpoints: CheckpointTurn
    private let record: CommitRecord
    private let options: SQLiteLog.Options

    private var streams = RecentCache<StreamKey, WrittenStream>(
        capacity: LogLimits.rememberedStreams)
    private var tenants = RecentCache<TenantID, Int64>(capacity: LogLimits.rememberedStreams)
    private var changed: [WrittenStream] = []
    private var dataVersion: Int64
    private var nextRestart: Int
    /// A reader stays in the write-ahead log: no commit waits for it a second time.
    private var wasHeldUp = false
    private var courtesy: Courtesy

    /// A writer on `connection`, which it alone uses from now on. What others have written since
    /// `dataVersion` was the connection's is news.
    init(
        connection: Connection, since dataVersion: Int64, mailbox: Mailbox<WriterJob>,
        signals: AppendSignals, checkpoints: CheckpointTurn, record: CommitRecord,
        options: SQLiteLog.Options
    ) {
        self.connection = connection
        self.dataVersion = dataVersion
        self.mailbox = mailbox
        self.signals = signals
        self.checkpoints = checkpoints
        self.record = record
        self.options = options
        nextRestart = options.walPages
        courtesy = Courtesy(isShown: options.purpose == .maintenance)
        connection.countPages()
        // In WAL mode a commit then is not synced; checkpoints are, and sync all that is before them.
        if options.purpose == .maintenance { try? connection.run("PRAGMA synchronous = NORMAL") }
    }

    /// Works until the mailbox is closed and empty.
    func run() {
        // A failure shows with the next job.
        try? noticeOthers()
        while true {
            switch mailbox.takeAll(within: options.pollSeconds) {
            case .elements(let jobs): carryOut(jobs)
            case .nothing: try? noticeOthers()
            case .closed:
                connection.close()
                return
            }
        }
    }

    private func carryOut(_ jobs: [WriterJob]) {
        var answers: [() -> Void] = []
        answers.reserveCapacity(jobs.count)
        let news: Set<StreamKey>
        let begun = ContinuousClock.now
        do throws(LogFailure) {
            try connection.run(.beginWriting)
            courtesy.begin()
            try noticeOthers()
            for job in jobs { answers.append(try perform(job)) }
            news = Set(changed.map(\.key))
            for stream in changed { try stream.saveIfDue() }
            try connection.run(.commit)
        } catch {
            abandon(jobs, because: error)
            return
        }
        record.noteCommit(begun: begun)
        for answer in answers { answer() }
        signals.signal(news)
        checkpoints.noteCommit()
        changed.removeAll(keepingCapacity: true)
        streams.trim()
        tenants.trim()
        boundPages()
        courtesy.rest()
    }

    private func abandon(_ jobs: [WriterJob], because failure: LogFailure) {
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
        changed = []
        forget()
        record.noteFailure(failure.code)
        for job in jobs { job.fail(failure) }
    }

    /// Forgets what may no longer be so, because another process has written or because what was
    /// remembered was rolled back.
    private func forget() {
        streams.removeAll()
        tenants.removeAll()
    }

    /// Asks whether another process has written since the last time. Inside a transaction nothing
    /// can come between the answer and what is built on it.
    private func noticeOthers() throws(LogFailure) {
        let version = try connection.dataVersion()
        guard version != dataVersion else { return }
        dataVersion = version
        forget()
        courtesy.noticeOthers()
        signals.signalAll()
    }

    /// Keeps the write-ahead log short. Under continuous writes, passive checkpoints alone never let
    /// it begin anew: it was measured to grow by 160 MB a second.
    private func boundPages() {
        guard connection.pages > nextRestart else {
            if connection.pages < options.walPages { nextRestart = options.walPages }
            return
        }
        let isDone = checkpoints.take {
            connection.wait(atMost: wasHeldUp ? 0 : 100)
            defer { connection.wait(atMost: Connection.patience) }
            return (try? connection.checkpoint(.restart)) ?? false
        }
        // A reader or another process may hold it up: not at every commit, then.
        wasHeldUp = !isDone
        nextRestart = isDone ? options.walPages : connection.pages + options.walPages / 16
    }
}

extension Writer {
    /// Does a job and returns what answers it after the commit. Throws where the transaction is
    /// lost, and with it the group; a failure of this job alone becomes its answer.
    private func perform(_ job: WriterJob) throws(LogFailure) -> () -> Void {
        switch job {
        case .append(let request, let key, let reply):
            let result = try alone { () throws(LogFailure) in try plan(request, on: key) }
            guard case .success(let planned) = result else {
                return { reply.resume(returning: result.map(\.result)) }
            }
            try write(planned, of: request)
            return { reply.resume(returning: .success(planned.result)) }
        case .store(let snapshot, let kind, let key, let reply):
            let result = try alone { () throws(LogFailure) in
                try stream(key).store(snapshot, as: kind)
            }
            return { reply.resume(returning: result) }
        case .compact(let offset, let key, let reply):
            let next = try alone { () throws(LogFailure) in
                try stream(key).nextDrop(through: offset, bytes: courtesy.bytesAStep)
            }
            if case .success(let drop?) = next { try stream(key).carryOut(drop) }
            let horizon = try stream(key).horizon
            return { reply.resume(returning: next.map { (horizon, $0?.isLast ?? true) }) }
        case .putBack(let run, let key, let reply):
            let plan = try alone { () throws(LogFailure) in
                try stream(key).plan(run.chunks, after: run.chain)
            }
            let written = try stream(key)
            if case .success(let plan) = plan {
                try written.carryOut(plan, movedTo: run.movedTo) { () throws(LogFailure) in
                    try addTenant(key.tenant)
                }
                changed.append(written)
            }
            let head = written.place
            return { reply.resume(returning: plan.map { _ in head }) }
        case .begin(let beginning, let base, let key, let reply):
            let made = try alone { () throws(LogFailure) in
                try stream(key).begin(at: beginning, base: base) { () throws(LogFailure) in
                    try addTenant(key.tenant)
                }
            }
            return { reply.resume(returning: made) }
        case .shrink(let pages, let reply):
            let pages = min(pages, courtesy.pagesAStep)
            try connection.run("PRAGMA incremental_vacuum(\(pages))")
            let isLeft = try connection.number("PRAGMA freelist_count") > 0
            return { reply.resume(returning: .success(isLeft)) }
        }
    }

    private struct Planned {
        let stream: WrittenStream
        let plan: AppendPlan
        let result: AppendResult
    }

    private func plan(_ request: AppendRequest, on key: StreamKey) throws(LogFailure) -> Planned {
        let stream = try stream(key)
        let remembered = try request.idempotency.flatMap { (key) throws(LogFailure) in
            try stream.remembered(key)
        }
        let plan = try AppendPlan(request, remembered: remembered, on: stream)
        return Planned(
            stream: stream, plan: plan,
            result: AppendResult(
                verdicts: plan.verdicts, firstCounter: plan.firstCounter,
                head: plan.head(after: stream.head)))
    }

    private func write(_ planned: Planned, of request: AppendRequest) throws(LogFailure) {
        if !planned.plan.writes.isEmpty {
            try planned.stream.write(planned.plan, of: request) { () throws(LogFailure) in
                try addTenant(planned.stream.key.tenant)
            }
            changed.append(planned.stream)
        }
        if planned.plan.isRemembered, let key = request.idempotency {
            try planned.stream.remember(key, request, planned.plan)
        }
    }

    /// What `body` makes, or how it failed; throws where SQLite has ended the transaction.
    private func alone<Value>(_ body: () throws(LogFailure) -> Value) throws(LogFailure)
        -> Result<Value, LogFailure>
    {
        do throws(LogFailure) {
            return .success(try body())
        } catch {
            guard connection.isInTransaction else { throw error }
            return .failure(error)
        }
    }

    private func stream(_ key: StreamKey) throws(LogFailure) -> WrittenStream {
        if let stream = streams[key] { return stream }
        let stream = try WrittenStream(key, tenant: tenant(key.tenant), on: connection)
        streams[key] = stream
        return stream
    }

    private func tenant(_ id: TenantID) throws(LogFailure) -> Int64? {
        if let row = tenants[id] { return row }
        let row = try connection.first(.tenant, .text(id.description)) {
            (row) throws(LogFailure) in row.integer(0)
        }
        if let row { tenants[id] = row }
        return row
    }

    private func addTenant(_ id: TenantID) throws(LogFailure) -> Int64 {
        if let row = try tenant(id) { return row }
        try connection.run(.addTenant, .text(id.description))
        tenants[id] = connection.lastRow
        return connection.lastRow
    }
}
