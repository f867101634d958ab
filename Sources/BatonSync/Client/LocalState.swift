import BatonCore
import GRDB
import Synchronization

/// What a client holds, in memory and on disk, always the same in both.
///
/// Every change is made on the store's own thread: the changed values are stored in one transaction
/// and only then shown. Changes that come at once share a transaction, and so one wait for the disk.
final class LocalState: Sendable {
    struct Shown {
        var installation: Installation
        var streams: [StreamID: StreamReplica]
        var schemas: SchemasInForce
        /// What was handed to this device of streams.
        var shares: [StreamID: StreamShare]
        /// The digests of the server's schemas that were asked for, whatever came of it: what this
        /// client cannot bring in line is not asked for again and again.
        var askedSchemas: Set<String> = []
    }

    let store: LocalStore
    let shown: Mutex<Shown>
    private let queued = Mutex<(jobs: [Job], isClosed: Bool)>(([], false))
    let hub = ChangeHub()

    init(store: LocalStore, stored: StoredClient) {
        self.store = store
        shown = Mutex(
            Shown(
                installation: stored.installation, streams: stored.streams,
                schemas: stored.schemas, shares: stored.shares))
    }

    /// The schemas in force.
    var schemas: SchemasInForce { shown.withLock { $0.schemas } }

    var installation: Installation { shown.withLock { $0.installation } }

    /// Whether the store takes no more changes.
    var isClosed: Bool { queued.withLock { $0.isClosed } }

    /// All streams that were opened or hold something.
    var streams: [StreamReplica] { shown.withLock { Array($0.streams.values) } }

    /// The stream as it stands; one that was not opened, or was forgotten, is empty.
    func stream(_ id: StreamID) -> StreamReplica {
        shown.withLock { $0.streams[id] ?? $0.emptyStream(id) }
    }

    /// Takes a stream among those that are synced; it is stored with its first change. Returns whether
    /// it is new there.
    @discardableResult
    func open(_ id: StreamID) -> Bool {
        shown.withLock { shown in
            guard shown.streams[id] == nil else { return false }
            shown.streams[id] = shown.emptyStream(id)
            return true
        }
    }

    /// Changes a stream, and returns once the change is on disk. Where `body` throws, nothing has
    /// changed. One that is not open, since it was forgotten, takes no changes.
    ///
    /// Cancellation: a change that was handed in is carried out whether or not its caller waits.
    func change<Result: Sendable>(
        _ id: StreamID,
        _ body: @escaping @Sendable (inout StreamReplica, inout Installation) throws -> Result
    ) async throws(SyncFailure) -> Result {
        try await change([id]) { replicas, installation in
            try body(&replicas[0], &installation)
        }
    }

    /// The same for two different streams, in one transaction.
    func change<Result: Sendable>(
        _ first: StreamID, _ second: StreamID,
        _ body:
            @escaping @Sendable (inout StreamReplica, inout StreamReplica, inout Installation)
            throws -> Result
    ) async throws(SyncFailure) -> Result {
        try await change([first, second]) { replicas, installation in
            var (one, other) = (replicas[0], replicas[1])
            defer { replicas = [one, other] }
            return try body(&one, &other, &installation)
        }
    }

    private func change<Result: Sendable>(
        _ ids: [StreamID],
        _ body: @escaping @Sendable (inout [StreamReplica], inout Installation) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let outcome: Swift.Result<Result, SyncFailure> = await withCheckedContinuation { waiter in
            enqueue(
                Job(streams: ids) { replicas, installation in
                    do {
                        let result = try body(&replicas, &installation)
                        return { failure in
                            if let failure {
                                waiter.resume(returning: .failure(failure))
                            } else {
                                waiter.resume(returning: .success(result))
                            }
                        }
                    } catch {
                        let failure = SyncFailure.wrapping(
                            error, as: .unexpectedAnswer, "the server's answer makes no sense")
                        waiter.resume(returning: .failure(failure))
                        return nil
                    }
                })
        }
        return try outcome.get()
    }

    /// Finishes what was handed in, then closes the store. Later changes fail.
    func close() async throws(SyncFailure) {
        let isFirst = queued.withLock { queued in
            defer { queued.isClosed = true }
            return !queued.isClosed
        }
        guard isFirst else { return }
        await withCheckedContinuation { waiter in store.run { _ in waiter.resume() } }
        hub.close()
        try store.close()
    }
}

extension LocalState.Shown {
    /// A stream of which nothing is known yet.
    func emptyStream(_ id: StreamID) -> StreamReplica {
        StreamReplica(
            stream: id, schemas: schemas.set, schemaDigest: schemas.digest,
            replica: installation.replica)
    }
}

extension LocalState {
    /// A change that waits for its turn.
    private struct Job: Sendable {
        typealias Change =
            @Sendable (inout [StreamReplica], inout Installation)
            -> (@Sendable (SyncFailure?) -> Void)?

        let streams: [StreamID]
        /// Makes the change; returns what to call once it is stored, or `nil` where it failed and
        /// its caller knows.
        let run: Change

        init(streams: [StreamID], run: @escaping Change) {
            self.streams = streams
            self.run = run
        }
    }

    private func enqueue(_ job: Job) {
        let (isFirst, isClosed) = queued.withLock { queued in
            guard !queued.isClosed else { return (false, true) }
            queued.jobs.append(job)
            return (queued.jobs.count == 1, false)
        }
        if isClosed {
            fail(job, SyncFailure(.closed, "the client is closed: open it again"))
        } else if isFirst {
            store.run { [self] database in drain(into: database) }
        }
    }

    /// Tells a job's caller that it was not carried out.
    private func fail(_ job: Job, _ failure: SyncFailure) {
        var (installation, replicas) = shown.withLock { shown in
            (shown.installation, job.streams.map { shown.emptyStream($0) })
        }
        job.run(&replicas, &installation)?(failure)
    }

    /// Carries out all changes that wait, in one transaction. Runs on the store's thread, and so
    /// alone.
    private func drain(into database: Database) {
        let jobs = queued.withLock { queued in
            defer { queued.jobs = [] }
            return queued.jobs
        }
        let before = installation
        var installation = before
        var changed: [StreamID: StreamReplica] = [:]
        var waiters: [@Sendable (SyncFailure?) -> Void] = []
        let open = shown.withLock { Set($0.streams.keys) }
        for job in jobs {
            if let stream = job.streams.first(where: { !open.contains($0) }) {
                let failure = SyncFailure(
                    .streamForgotten, "\(stream) was forgotten on this device; open it anew",
                    stream: stream)
                fail(job, failure)
                continue
            }
            var replicas = job.streams.map { changed[$0] ?? stream($0) }
            var nextInstallation = installation
            guard let waiter = job.run(&replicas, &nextInstallation) else { continue }
            for replica in replicas { changed[replica.stream] = replica }
            installation = nextInstallation
            waiters.append(waiter)
        }
        do {
            try save(changed.values, installation == before ? nil : installation, in: database)
        } catch {
            let failure = LocalStore.failure(error, "the change cannot be stored")
            for waiter in waiters { waiter(failure) }
            return
        }
        let visible = changed.values.flatMap { replica in
            replica.changes.visible.sorted().map { Change(stream: replica.stream, entity: $0) }
        }
        shown.withLock { shown in
            shown.installation = installation
            for var replica in changed.values {
                replica.changes = ReplicaChanges()
                shown.streams[replica.stream] = replica
            }
        }
        for waiter in waiters { waiter(nil) }
        hub.publish(visible)
    }

    private func save(
        _ replicas: some Sequence<StreamReplica>, _ installation: Installation?,
        in database: Database
    ) throws {
        let changed = replicas.filter { !$0.changes.isEmpty }
        guard installation != nil || !changed.isEmpty else { return }
        try database.inTransaction(.immediate) {
            try installation?.save(in: database)
            for replica in changed {
                for row in replica.storeChanges { try row.save(in: database) }
            }
            return .commit
        }
    }
}
