package import BatonCore

/// One stream of a log in memory: a value, so that a log that loses what was not synced can hold two.
package struct MemoryStream: StreamLedger, Sendable {
    /// The last offset.
    package private(set) var head = Offset.start
    /// Entries up to here are dropped.
    package private(set) var horizon = Offset.start
    /// The hash of the last entry.
    package private(set) var chain = LogChain.start
    /// The entries above the horizon.
    package private(set) var chunks: [Chunk] = []
    private(set) var replicas: [ReplicaID: ReplicaCounters] = [:]
    /// The latest stored snapshot.
    package private(set) var snapshot: StoredSnapshot?
    /// When the last entry came.
    package private(set) var updatedAt: Int64 = 0
    /// The stream that this one was adopted into.
    package private(set) var movedTo: StreamID?
    private var voids: [Dot: LoggedVoid] = [:]
    private var remembered: [String: RememberedAppend] = [:]

    /// An empty stream.
    package init() {}

    func counters(of replica: ReplicaID) -> ReplicaCounters {
        replicas[replica] ?? ReplicaCounters()
    }

    func entries(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [LoggedEntry]
    {
        var entries: [LoggedEntry] = []
        for chunk in chunks where chunk.replica == replica {
            for (index, frame) in try chunk.frames().enumerated() {
                let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
                guard counters.contains(counter) else { continue }
                entries.append(
                    LoggedEntry(
                        offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                        content: chunk.body[frame.content],
                        void: voids[Dot(replica, counter)]?.record))
            }
        }
        return entries
    }

    func voids(of replica: ReplicaID, at counters: ClosedRange<Counter>) -> [Counter: LoggedVoid] {
        var found: [Counter: LoggedVoid] = [:]
        for (dot, void) in voids where dot.replica == replica && counters.contains(dot.counter) {
            found[dot.counter] = void
        }
        return found
    }

    /// Appends what of the request is new. O(entries); O(the log) where some are known.
    package mutating func append(_ request: AppendRequest) throws(LogFailure) -> AppendResult {
        let key = request.idempotency
        let plan = try AppendPlan(
            request, remembered: key.flatMap { remembered[$0.key] }, on: self)
        if !plan.writes.isEmpty { write(plan, of: request) }
        if plan.isRemembered, let key {
            remembered[key.key] = RememberedAppend(
                digest: key.digest, first: Dot(request.replica, plan.firstCounter),
                count: request.entries.count)
        }
        return AppendResult(
            verdicts: plan.verdicts, firstCounter: plan.firstCounter, head: head)
    }

    private mutating func write(_ plan: AppendPlan, of request: AppendRequest) {
        let chunk = request.chunk(plan, at: head.next)
        chain = LogChain.extend(
            chain, from: Dot(chunk.replica, chunk.counter), over: request.frames[plan.writes],
            of: request.body)
        for index in plan.writes {
            let counter = Counter(rawValue: plan.firstCounter.rawValue + UInt64(index))
            let place = UInt64(index - plan.writes.lowerBound)
            voids[Dot(request.replica, counter)] = request.entries[index].void.map {
                LoggedVoid(offset: Offset(rawValue: chunk.offset.rawValue + place), record: $0)
            }
        }
        chunks.append(chunk)
        head = chunk.lastOffset
        replicas[request.replica, default: ReplicaCounters()].last = chunk.lastCounter
        updatedAt = request.receivedAt
        if let forwarding = request.forwarding { movedTo = forwarding.target }
    }

    /// The entries after `offset`.
    package func read(after offset: Offset, limit: ReadLimit) throws(LogFailure) -> LogSlice {
        var builder = SliceBuilder(after: offset, limit: limit)
        if offset >= horizon {
            for chunk in chunks where builder.wantsMore { try builder.take(chunk) }
        }
        return LogSlice(chunks: builder.chunks, head: head, horizon: horizon)
    }

    /// What the log up to `offset` covers; `nil` below the horizon.
    package func vector(at offset: Offset) -> VersionVector? {
        guard offset >= horizon else { return nil }
        var vector = VersionVector(replicas.mapValues(\.horizon))
        for chunk in chunks where chunk.offset <= offset {
            vector.insert(Dot(chunk.replica, chunk.lastCounter(upTo: offset)))
        }
        return vector
    }

    /// Stores a snapshot, unless a later one is there.
    package mutating func store(_ new: StoredSnapshot) throws(LogFailure) {
        try new.check(against: head)
        if new.offset > snapshot?.offset ?? .start { snapshot = new }
    }

    /// Drops entries up to `offset` at the latest. Returns the horizon.
    package mutating func compact(through offset: Offset) throws(LogFailure) -> Offset {
        guard offset > horizon else { return horizon }
        guard let snapshot, snapshot.offset >= offset else {
            throw .snapshotMissing(for: offset, stored: snapshot?.offset)
        }
        for chunk in chunks.prefix(while: { $0.lastOffset <= offset }) {
            horizon = chunk.lastOffset
            replicas[chunk.replica]?.horizon = chunk.lastCounter
        }
        chunks.removeAll { $0.lastOffset <= horizon }
        return horizon
    }
}
