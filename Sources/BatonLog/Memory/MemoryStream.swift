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
    /// The hash of the last entry of each chunk.
    private var chains: [[UInt8]] = []
    private var horizonChain = LogChain.start
    private(set) var replicas: [ReplicaID: ReplicaCounters] = [:]
    private var snapshots: [SnapshotKind: StoredSnapshot] = [:]
    private var dropped: [ReplicaID: Fingerprints] = [:]
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

    func fingerprints(of replica: ReplicaID) -> Fingerprints {
        dropped[replica] ?? Fingerprints()
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
        chains.append(chain)
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

    /// A stored snapshot: the one of that kind, or the latest of all.
    package func snapshot(_ kind: SnapshotKind) -> StoredSnapshot? {
        switch kind {
        case .base: snapshots[.base]
        case .latest: snapshots.values.max { $0.offset < $1.offset }
        }
    }

    /// Stores a snapshot, unless a later one of that kind is there.
    package mutating func store(_ new: StoredSnapshot, as kind: SnapshotKind)
        throws(LogFailure)
    {
        try new.check(against: head)
        if new.offset > snapshots[kind]?.offset ?? .start { snapshots[kind] = new }
    }

    /// Drops entries up to `offset` at the latest. Returns the horizon.
    package mutating func compact(through offset: Offset) throws(LogFailure) -> Offset {
        guard offset > horizon else { return horizon }
        guard let base = snapshots[.base], base.offset >= offset else {
            throw .snapshotMissing(for: offset, stored: snapshots[.base]?.offset)
        }
        for chunk in chunks.prefix(while: { $0.lastOffset <= offset }) {
            try chunk.addFingerprints(
                to: &dropped[chunk.replica, default: Fingerprints()],
                voids: { voids[Dot(chunk.replica, $0)]?.record })
            horizon = chunk.lastOffset
            replicas[chunk.replica]?.horizon = chunk.lastCounter
        }
        for replica in dropped.keys { dropped[replica]?.trim() }
        let count = chunks.prefix { $0.lastOffset <= horizon }.count
        if count > 0 { horizonChain = chains[count - 1] }
        chunks.removeFirst(count)
        chains.removeFirst(count)
        return horizon
    }

    /// The chunks after `offset`, without their bodies.
    package func headers(after offset: Offset, limit: Int) -> [ChunkHeader] {
        let wanted = zip(chunks, chains).filter { chunk, _ in chunk.lastOffset > offset }
        return wanted.prefix(max(0, limit)).map { chunk, chain in
            ChunkHeader(
                replica: chunk.replica, counter: chunk.counter, offset: chunk.offset,
                count: chunk.count, bytes: chunk.body.count, receivedAt: chunk.receivedAt,
                chain: chain)
        }
    }

    /// Puts a run of an archive where it belongs.
    package mutating func putBack(
        _ run: [ArchivedChunk], after chain: [UInt8], movedTo: StreamID?
    ) throws(LogFailure) -> LogHead {
        let held = chunks
        let plan = try PutBackPlan(
            run, after: chain, horizonChain: horizonChain, head: place, on: self
        ) { range in
            held.filter { $0.offset <= range.upperBound && $0.lastOffset >= range.lowerBound }
        }
        for (replica, counter) in plan.horizonCounters {
            replicas[replica]?.horizon = counter
            dropped[replica]?.drop(after: counter)
        }
        chunks = plan.below.map(\.chunk) + chunks + plan.above.map(\.chunk)
        chains = plan.below.map(\.chain) + chains + plan.above.map(\.chain)
        horizon = plan.horizon
        horizonChain = plan.horizonChain
        for link in plan.below + plan.above { keepVoids(of: link.archived) }
        for link in plan.above {
            head = link.chunk.lastOffset
            self.chain = link.chain
            replicas[link.chunk.replica, default: ReplicaCounters()].last = link.chunk.lastCounter
            updatedAt = link.chunk.receivedAt
        }
        if !plan.above.isEmpty { self.movedTo = movedTo }
        return place
    }

    /// Where the log begins and ends.
    package var place: LogHead {
        LogHead(offset: head, horizon: horizon, chain: chain, movedTo: movedTo)
    }

    /// Where the log begins, and what is known of all before.
    package var beginning: StreamBeginning {
        let base = snapshots[.base]
        let reach = max(horizon, base?.offset ?? .start)
        return StreamBeginning(
            horizon: horizon, chain: horizonChain,
            counters: VersionVector(replicas.mapValues(\.horizon)), base: base,
            voids: voids.filter { $0.value.offset <= reach }.map {
                ArchivedVoid(dot: $0.key, offset: $0.value.offset, record: $0.value.record)
            }.sorted { $0.dot < $1.dot }, movedTo: movedTo)
    }

    /// Makes the stream one of which all up to `beginning` was dropped.
    package mutating func begin(at beginning: StreamBeginning) throws(LogFailure) {
        guard try beginning.isNew(horizon: horizon, chain: horizonChain, head: head) else { return }
        head = beginning.horizon
        horizon = beginning.horizon
        chain = beginning.chain
        horizonChain = beginning.chain
        replicas = beginning.counters.counters.mapValues {
            ReplicaCounters(last: $0, horizon: $0)
        }
        dropped = beginning.counters.counters.mapValues { Fingerprints([], last: $0) }
        snapshots[.base] = beginning.base
        for void in beginning.voids {
            voids[void.dot] = LoggedVoid(offset: void.offset, record: void.record)
        }
        movedTo = beginning.movedTo
    }

    private mutating func keepVoids(of archived: ArchivedChunk) {
        let chunk = archived.chunk
        for (counter, record) in archived.voids
        where (chunk.counter...chunk.lastCounter).contains(counter) {
            let place = counter.rawValue - chunk.counter.rawValue
            voids[Dot(chunk.replica, counter)] = LoggedVoid(
                offset: Offset(rawValue: chunk.offset.rawValue + place), record: record)
        }
    }
}
