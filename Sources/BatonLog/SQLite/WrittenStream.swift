import BatonCore

/// What the writer remembers of a stream between transactions, and how it looks up the rest.
///
/// A reference: the cache and the list of what is to be saved hold the same one. Belongs to the
/// writer's thread, and is thrown away with the whole cache when a transaction fails or another
/// process has written.
final class WrittenStream {
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
    private(set) var movedTo: StreamID?
    private var updatedAt: Int64 = 0
    private var isChanged = false
    private var replicas: [ReplicaID: Replica] = [:]
    let connection: Connection

    /// The keys that stand for tenant and stream in every table.
    struct Rows {
        let tenant: SQLValue
        let stream: SQLValue

        init(tenant: Int64, stream: Int64) {
            self.tenant = .integer(tenant)
            self.stream = .integer(stream)
        }
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
            movedTo = try StreamID(movedTo: row.text(4), of: key)
        }
    }

    /// The row of a replica that has written to the stream.
    func find(_ replica: ReplicaID) throws(LogFailure) -> Replica? {
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
        if let forwarding = request.forwarding { movedTo = forwarding.target }
        replicas[request.replica]?.counters.last = chunk.lastCounter
        replicas[request.replica]?.isChanged = true
        isChanged = true
    }

    /// Notes that entries up to a new horizon are dropped, and up to which counter of each replica.
    func noteDropped(through offset: Offset, counters: [Int64: Counter]) {
        horizon = offset
        for (id, replica) in replicas {
            if let counter = counters[replica.row] { replicas[id]?.counters.horizon = counter }
        }
    }

    /// Brings the stream's and the replicas' rows up to what was written.
    func save() throws(LogFailure) {
        guard isChanged, let rows else { return }
        try connection.run(
            .saveStream, rows.tenant, rows.stream, .integer(head), .blob(chain),
            .integer(updatedAt), .text(movedTo?.description ?? ""))
        try connection.expectOneChange()
        for (id, replica) in replicas where replica.isChanged {
            try connection.run(
                .saveReplica, rows.tenant, rows.stream, .integer(replica.row),
                .integer(replica.counters.last))
            try connection.expectOneChange()
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

extension StreamID {
    /// The name in the column `moved_to` of the stream `key`; `nil` where it is empty.
    init?(movedTo column: String, of key: StreamKey) throws(LogFailure) {
        guard !column.isEmpty else { return nil }
        do {
            try self.init(column)
        } catch {
            throw LogFailure(
                .corrupt, "where \(key.stream) was moved to is damaged: restore from a backup")
        }
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
