import BatonCore

/// What the writer remembers of a stream between transactions, and how it looks up the rest.
///
/// A reference: the cache and the list of what is to be saved hold the same one. Belongs to the
/// writer's thread, and is thrown away with the whole cache when a transaction fails or another
/// process has written.
final class WrittenStream: StreamLedger {
    /// A replica's row and what is in it.
    struct Replica {
        let row: Int64
        var counters: ReplicaCounters
        var isChanged = false
    }

    let key: StreamKey
    /// The rows of the tenant and the stream; `nil` until the first entry is written.
    private(set) var rows: Rows?
    private(set) var head = Offset.start
    private(set) var chain = LogChain.start
    private(set) var horizon = Offset.start
    private var updatedAt: Int64 = 0
    private var isChanged = false
    private var replicas: [ReplicaID: Replica] = [:]
    private let connection: Connection

    /// The keys that stand for tenant and stream in every table.
    struct Rows {
        let tenant: SQLValue
        let stream: SQLValue

        init(tenant: Int64, stream: Int64) {
            self.tenant = .integer(tenant)
            self.stream = .integer(stream)
        }
    }

    /// A run of whole chunks to drop.
    struct Compaction {
        /// The last offset to drop, which becomes the horizon.
        let end: Offset
        /// The hash of the entry there.
        let chain: [UInt8]
    }

    /// Replicas remembered of one stream; the rest is looked up again.
    private static let replicaLimit = 64

    /// Looks the stream up. One that does not exist is as an empty one.
    init(_ key: StreamKey, tenant: Int64?, on connection: Connection) throws(LogFailure) {
        self.key = key
        self.connection = connection
        guard let tenant else { return }
        try connection.first(
            .stream, .integer(tenant), .text(key.stream.description)
        ) { (row) throws(LogFailure) in
            rows = Rows(tenant: tenant, stream: row.integer(0))
            head = Offset(row.integer(1))
            horizon = Offset(row.integer(2))
            chain = row.blob(3)
        }
    }

    func counters(of replica: ReplicaID) throws(LogFailure) -> ReplicaCounters {
        try find(replica)?.counters ?? ReplicaCounters()
    }

    private func find(_ replica: ReplicaID) throws(LogFailure) -> Replica? {
        if let found = replicas[replica] { return found }
        guard let rows else { return nil }
        let found = try connection.first(
            .replica, rows.tenant, rows.stream, .blob(replica.bytes)
        ) { (row) throws(LogFailure) in
            Replica(
                row: row.integer(0),
                counters: ReplicaCounters(
                    last: Counter(row.integer(1)), horizon: Counter(row.integer(2))))
        }
        replicas[replica] = found
        return found
    }

    func entries(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [LoggedEntry]
    {
        guard let rows, let row = try find(replica)?.row else { return [] }
        let voids = try voids(of: row, at: counters, in: rows)
        var entries: [LoggedEntry] = []
        try connection.each(
            .chunksOfReplica, rows.tenant, rows.stream, .integer(row),
            .integer(counters.lowerBound), .integer(counters.upperBound)
        ) { (row) throws(LogFailure) in
            let chunk = try Chunk(
                replica: replica, counter: row.integer(0), offset: row.integer(1),
                count: row.integer(2), body: row.blob(3))
            for (index, frame) in try chunk.frames().enumerated() {
                let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
                guard counters.contains(counter) else { continue }
                entries.append(
                    LoggedEntry(
                        offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                        content: chunk.body[frame.content], void: voids[counter]))
            }
            return true
        }
        let wanted = counters.upperBound.rawValue - counters.lowerBound.rawValue + 1
        guard entries.count == Int(wanted) else {
            throw LogFailure(
                .corrupt,
                "events of \(replica) are missing from \(key.stream): restore from a backup",
                cause: "found \(entries.count) of counters \(counters)")
        }
        return entries
    }

    private func voids(
        of replica: Int64, at counters: ClosedRange<Counter>, in rows: Rows
    ) throws(LogFailure) -> [Counter: VoidRecord] {
        var voids: [Counter: VoidRecord] = [:]
        try connection.each(
            .voids, rows.tenant, rows.stream, .integer(replica), .integer(counters.lowerBound),
            .integer(counters.upperBound)
        ) { (row) throws(LogFailure) in
            guard let code = RefusalCode(rawValue: row.text(1)) else {
                throw LogFailure(
                    .newerFormat, "the refusal \(row.text(1)) is unknown to this version")
            }
            voids[Counter(row.integer(0))] = VoidRecord(
                refusal: Refusal(code, row.text(2)), digest: row.blob(3))
            return true
        }
        return voids
    }
}

extension WrittenStream {
    /// Whether there is something for ``save()`` to do.
    var needsSaving: Bool { isChanged }

    /// Writes the planned entries as one chunk. Head, chain and counters are kept here until
    /// ``save()``, once for all appends of a transaction.
    func write(
        _ plan: AppendPlan, of request: AppendRequest, tenant: () throws(LogFailure) -> Int64
    ) throws(LogFailure) {
        let rows = if let rows { rows } else { try add(to: try tenant()) }
        let replica = try findOrAdd(request.replica, in: rows)
        let chunk = request.chunk(plan, at: head.next)
        chain = LogChain.extend(
            chain, from: Dot(chunk.replica, chunk.counter), over: request.frames[plan.writes],
            of: request.body)
        try connection.run(
            .addChunk, rows.tenant, rows.stream, .integer(chunk.offset),
            .integer(Int64(chunk.count)), .integer(replica), .integer(chunk.counter),
            .integer(chunk.receivedAt), .blob(chain), .blob(chunk.body))
        for index in plan.writes {
            guard let void = request.entries[index].void else { continue }
            let place = UInt64(index - plan.writes.lowerBound)
            try connection.run(
                .addVoid, rows.tenant, rows.stream, .integer(replica),
                .integer(Counter(rawValue: chunk.counter.rawValue + place)),
                .integer(Offset(rawValue: chunk.offset.rawValue + place)),
                .text(void.refusal.code.rawValue), .text(void.refusal.reason), .blob(void.digest))
        }
        head = chunk.lastOffset
        updatedAt = chunk.receivedAt
        replicas[request.replica]?.counters.last = chunk.lastCounter
        replicas[request.replica]?.isChanged = true
        isChanged = true
    }

    /// Remembers the request under its idempotency key, and forgets a few old ones of the tenant.
    func remember(
        _ key: IdempotencyKey, _ request: AppendRequest, _ plan: AppendPlan
    ) throws(LogFailure) {
        guard let rows, let replica = try find(request.replica)?.row else { return }
        try connection.run(
            .remember, rows.tenant, rows.stream, .text(key.key), .blob(key.digest),
            .integer(replica), .integer(plan.firstCounter), .integer(Int64(request.entries.count)),
            .integer(request.receivedAt))
        try connection.run(
            .forgetOld, rows.tenant,
            .integer(request.receivedAt - LogLimits.idempotencyLifetime),
            .integer(LogLimits.forgottenAtOnce))
    }

    /// What stands under an idempotency key.
    func remembered(_ key: IdempotencyKey) throws(LogFailure) -> RememberedAppend? {
        guard let rows else { return nil }
        return try connection.first(.remembered, rows.tenant, rows.stream, .text(key.key)) {
            (row) throws(LogFailure) in
            guard let replica = ReplicaID(bytes: row.blob(1)) else {
                throw .damagedReplica(of: self.key)
            }
            return RememberedAppend(
                digest: row.blob(0), first: Dot(replica, Counter(row.integer(2))),
                count: Int(row.integer(3)))
        }
    }

    /// Stores a snapshot unless one as late is there.
    func store(_ snapshot: StoredSnapshot) throws(LogFailure) {
        try snapshot.check(against: head)
        guard let rows, try snapshot.offset > snapshotOffset(in: rows) ?? .start else { return }
        try connection.run(
            .storeSnapshot, rows.tenant, rows.stream, .integer(snapshot.offset),
            .blob(snapshot.body), .blob(snapshot.stateHash))
    }

    /// What compaction through `offset` is to drop; `nil` where there is nothing to drop.
    func compaction(through offset: Offset) throws(LogFailure) -> Compaction? {
        guard offset > horizon else { return nil }
        let stored = try rows.flatMap { (rows) throws(LogFailure) in try snapshotOffset(in: rows) }
        guard let rows, let stored, stored >= offset else {
            throw .snapshotMissing(for: offset, stored: stored)
        }
        var compaction: Compaction?
        try connection.each(.chunkBefore, rows.tenant, rows.stream, .integer(offset)) {
            (row) throws(LogFailure) in
            let end = try Chunk(header: row, from: 0).lastOffset
            guard end <= offset else { return true }
            compaction = Compaction(end: end, chain: row.blob(3))
            return false
        }
        return compaction
    }

    /// Drops what compaction is to drop, and moves the horizon.
    func drop(_ compaction: Compaction) throws(LogFailure) {
        guard let rows else { return }
        var dropped: [Int64: Counter] = [:]
        try connection.each(
            .chunkHeaders, rows.tenant, rows.stream, .integer(0), .integer(compaction.end)
        ) { (row) throws(LogFailure) in
            let last = try Chunk(header: row, from: 1).lastCounter
            dropped[row.integer(0)] = max(last, dropped[row.integer(0)] ?? .none)
            return true
        }
        for (replica, counter) in dropped {
            try connection.run(
                .moveReplicaHorizon, rows.tenant, rows.stream, .integer(replica),
                .integer(counter))
        }
        let end = SQLValue.integer(compaction.end)
        try connection.run(.dropChunks, rows.tenant, rows.stream, end)
        try connection.run(.dropVoids, rows.tenant, rows.stream, end)
        try connection.run(.moveHorizon, rows.tenant, rows.stream, end, .blob(compaction.chain))
        horizon = compaction.end
        for (id, replica) in replicas {
            if let counter = dropped[replica.row] { replicas[id]?.counters.horizon = counter }
        }
    }

    private func snapshotOffset(in rows: Rows) throws(LogFailure) -> Offset? {
        try connection.first(.snapshotOffset, rows.tenant, rows.stream) {
            (row) throws(LogFailure) in Offset(row.integer(0))
        }
    }

    /// Brings the stream's and the replicas' rows up to what was written.
    func save() throws(LogFailure) {
        guard isChanged, let rows else { return }
        try connection.run(
            .saveStream, rows.tenant, rows.stream, .integer(head), .blob(chain),
            .integer(updatedAt))
        for (id, replica) in replicas where replica.isChanged {
            try connection.run(
                .saveReplica, rows.tenant, rows.stream, .integer(replica.row),
                .integer(replica.counters.last))
            replicas[id]?.isChanged = false
        }
        isChanged = false
        if replicas.count > Self.replicaLimit { replicas = [:] }
    }

    private func add(to tenant: Int64) throws(LogFailure) -> Rows {
        try connection.run(
            .addStream, .integer(tenant), .text(key.stream.description), .blob(LogChain.start))
        let rows = Rows(tenant: tenant, stream: connection.lastRow)
        self.rows = rows
        return rows
    }

    private func findOrAdd(_ id: ReplicaID, in rows: Rows) throws(LogFailure) -> Int64 {
        if let found = try find(id) { return found.row }
        try connection.run(.addReplica, rows.tenant, rows.stream, .blob(id.bytes))
        let replica = Replica(row: connection.lastRow, counters: ReplicaCounters())
        replicas[id] = replica
        return replica.row
    }
}

extension Offset {
    /// A number as it stands in a column.
    init(_ column: Int64) { self.init(rawValue: UInt64(clamping: column)) }
}

extension Counter {
    /// A number as it stands in a column.
    init(_ column: Int64) { self.init(rawValue: UInt64(clamping: column)) }
}

extension SQLValue {
    static func integer(_ offset: Offset) -> SQLValue { .integer(Int64(clamping: offset.rawValue)) }
    static func integer(_ counter: Counter) -> SQLValue {
        .integer(Int64(clamping: counter.rawValue))
    }
}

extension LogFailure {
    static func damagedReplica(of key: StreamKey) -> LogFailure {
        LogFailure(
            .corrupt, "a replica id in \(key.stream) is damaged: restore from a backup")
    }
}
