import BatonCore

/// What the writer remembers of a stream between transactions, and how it looks up the rest.
///
/// A reference: the cache and the list of what has changed hold the same one. Belongs to the
/// writer's thread, and is thrown away with the whole cache when a transaction fails or another
/// process has written.
final class WrittenStream {
    /// A replica's row and what is known of it, chunks that are not saved yet included.
    struct Replica {
        let row: Int64
        var counters = ReplicaCounters()
        /// The offset of its last entry.
        var last = Offset.start
        var fingerprints = Fingerprints()
    }

    /// How far a replica has come in chunks that its row does not know of yet.
    struct Progress {
        let counter: Counter
        let offset: Offset
    }

    let key: StreamKey
    /// The rows of the tenant and the stream; `nil` until the first entry is written.
    private(set) var rows: Rows?
    private(set) var head = Offset.start
    private(set) var chain = LogChain.start
    private(set) var horizon = Offset.start
    private(set) var horizonChain = LogChain.start
    private(set) var movedTo: StreamID?
    private var updatedAt: Int64 = 0
    /// Of replicas, by their rows, what came after the offset that their rows are saved up to.
    private var unsaved: [Int64: Progress] = [:]
    private var unsavedChunks = 0
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
            horizonChain = row.blob(4)
            updatedAt = row.integer(5)
            movedTo = try StreamID(movedTo: row.text(6), of: key)
        }
        if let rows { try catchUp(in: rows) }
    }

    /// Takes in the chunks that came after the rows were saved.
    private func catchUp(in rows: Rows) throws(LogFailure) {
        try connection.each(
            .chunkHeaders, rows.tenant, rows.stream, .integer(head.next),
            .integer(Int64(largestExactInteger))
        ) { (row) throws(LogFailure) in
            let chunk = try Chunk(header: row, from: 1)
            note(chunk, of: row.integer(0), chain: row.blob(4), receivedAt: row.integer(5))
            return true
        }
    }

    private func note(_ chunk: Chunk, of replica: Int64, chain: [UInt8], receivedAt: Int64) {
        head = chunk.lastOffset
        self.chain = chain
        updatedAt = receivedAt
        unsaved[replica] = Progress(counter: chunk.lastCounter, offset: chunk.lastOffset)
        unsavedChunks += 1
    }

    /// What is known of a replica that has written to the stream.
    func find(_ replica: ReplicaID) throws(LogFailure) -> Replica? {
        if let found = replicas[replica] { return found }
        guard let rows else { return nil }
        let found = try connection.first(
            .replica, rows.tenant, rows.stream, .blob(replica.bytes)
        ) { (row) throws(LogFailure) in
            let horizon = Counter(row.integer(2))
            return Replica(
                row: row.integer(0),
                counters: ReplicaCounters(last: Counter(row.integer(1)), horizon: horizon),
                last: Offset(row.integer(3)), fingerprints: Fingerprints(row.blob(4), last: horizon)
            )
        }
        guard var found else { return nil }
        if let progress = unsaved[found.row] {
            found.counters.last = progress.counter
            found.last = progress.offset
        }
        replicas[replica] = found
        return found
    }
}

extension WrittenStream {
    /// Where the log begins and ends.
    var place: LogHead {
        LogHead(offset: head, horizon: horizon, chain: chain, movedTo: movedTo)
    }

    /// Chunks after which the rows of stream and replicas are saved: as many as are read again when
    /// the stream is looked up.
    static let chunksASave = 32

    /// Writes the planned entries as one chunk. The rows of stream and replicas follow with
    /// ``saveIfDue()``, once for many chunks.
    func write(
        _ plan: AppendPlan, of request: AppendRequest, tenant: () throws(LogFailure) -> Int64
    ) throws(LogFailure) {
        let rows = try rows(of: tenant)
        let chunk = request.chunk(plan, at: head.next)
        let chain = LogChain.extend(
            chain, from: Dot(chunk.replica, chunk.counter), over: request.frames[plan.writes],
            of: request.body)
        var voids: [Counter: VoidRecord] = [:]
        for index in plan.writes {
            guard let void = request.entries[index].void else { continue }
            let place = UInt64(index - plan.writes.lowerBound)
            voids[Counter(rawValue: chunk.counter.rawValue + place)] = void
        }
        try append(chunk, chain: chain, voids: voids, in: rows)
        if let forwarding = request.forwarding {
            movedTo = forwarding.target
            try save()
        }
    }

    /// Writes a chunk behind the head.
    func append(
        _ chunk: Chunk, chain: [UInt8], voids: [Counter: VoidRecord], in rows: Rows
    ) throws(LogFailure) {
        let replica = try findOrAdd(chunk.replica, in: rows)
        try add(chunk, of: replica.row, previous: replica.last, chain: chain, in: rows)
        try add(voids, of: chunk, replica: replica.row, in: rows)
        note(chunk, of: replica.row, chain: chain, receivedAt: chunk.receivedAt)
        replicas[chunk.replica]?.counters.last = chunk.lastCounter
        replicas[chunk.replica]?.last = chunk.lastOffset
    }

    /// Writes a chunk's row.
    func add(
        _ chunk: Chunk, of replica: Int64, previous: Offset, chain: [UInt8], in rows: Rows
    ) throws(LogFailure) {
        try connection.run(
            .addChunk, rows.tenant, rows.stream, .integer(chunk.offset),
            .integer(Int64(chunk.count)), .integer(replica), .integer(chunk.counter),
            .integer(previous), .integer(chunk.receivedAt), .blob(chain), .blob(chunk.body))
    }

    /// Writes the records of those events of a chunk that were refused for good.
    func add(
        _ voids: [Counter: VoidRecord], of chunk: Chunk, replica: Int64, in rows: Rows
    ) throws(LogFailure) {
        for (counter, void) in voids
        where (chunk.counter...chunk.lastCounter).contains(counter) {
            let place = counter.rawValue - chunk.counter.rawValue
            try connection.run(
                .addVoid, rows.tenant, rows.stream, .integer(replica), .integer(counter),
                .integer(Offset(rawValue: chunk.offset.rawValue + place)),
                .text(void.refusal.code.rawValue), .text(void.refusal.reason), .blob(void.digest))
        }
    }

    /// Saves the rows where enough chunks have come since the last time.
    func saveIfDue() throws(LogFailure) {
        if unsavedChunks >= Self.chunksASave { try save() }
        if replicas.count > Self.replicaLimit { replicas = [:] }
    }

    /// Brings the stream's and the replicas' rows up to the head.
    func save() throws(LogFailure) {
        guard let rows else { return }
        for (row, progress) in unsaved {
            try connection.run(
                .saveReplica, rows.tenant, rows.stream, .integer(row), .integer(progress.counter),
                .integer(progress.offset))
            try connection.expectOneChange()
        }
        try connection.run(
            .saveStream, rows.tenant, rows.stream, .integer(head), .blob(chain),
            .integer(updatedAt), .text(movedTo?.description ?? ""), .integer(horizon),
            .blob(horizonChain))
        try connection.expectOneChange()
        unsaved = [:]
        unsavedChunks = 0
    }

    /// Moves the horizon to where entries have been dropped, or put back, and saves all rows.
    func moveHorizon(
        to offset: Offset, chain: [UInt8], replicas moved: [(row: Int64, known: Fingerprints)]
    ) throws(LogFailure) {
        horizon = offset
        horizonChain = chain
        try save()
        guard let rows else { return }
        for (row, known) in moved {
            try connection.run(
                .moveReplicaHorizon, rows.tenant, rows.stream, .integer(row), .integer(known.last),
                .blob(known.bytes))
            try connection.expectOneChange()
        }
        replicas = [:]
    }

    /// Notes what the stream forwards to, and saves it.
    func forward(to stream: StreamID?) throws(LogFailure) {
        movedTo = stream
        try save()
    }

    /// Makes the stream one of which all up to `beginning` was dropped.
    func begin(
        at beginning: StreamBeginning, base: PackedSnapshot?,
        tenant: () throws(LogFailure) -> Int64
    ) throws(LogFailure) {
        guard try beginning.isNew(horizon: horizon, chain: horizonChain, head: head) else { return }
        let rows = try rows(of: tenant)
        head = beginning.horizon
        chain = beginning.chain
        movedTo = beginning.movedTo
        var moved: [(row: Int64, known: Fingerprints)] = []
        for dot in beginning.counters.sorted {
            let row = try findOrAdd(dot.replica, in: rows).row
            // Where its last event stood is not known, and not asked for: it is below the horizon.
            unsaved[row] = Progress(counter: dot.counter, offset: .start)
            moved.append((row, Fingerprints([], last: dot.counter)))
        }
        try moveHorizon(to: beginning.horizon, chain: beginning.chain, replicas: moved)
        for void in beginning.voids {
            let row = try findOrAdd(void.dot.replica, in: rows).row
            try connection.run(
                .addVoid, rows.tenant, rows.stream, .integer(row), .integer(void.dot.counter),
                .integer(void.offset), .text(void.record.refusal.code.rawValue),
                .text(void.record.refusal.reason), .blob(void.record.digest))
        }
        if let base { try store(base, as: .base) }
    }

    /// The rows of tenant and stream, made where there are none yet.
    func rows(of tenant: () throws(LogFailure) -> Int64) throws(LogFailure) -> Rows {
        if let rows { return rows }
        let tenant = try tenant()
        try connection.run(
            .addStream, .integer(tenant), .text(key.stream.description), .blob(LogChain.start))
        let rows = Rows(tenant: tenant, stream: connection.lastRow)
        self.rows = rows
        return rows
    }

    private func findOrAdd(_ id: ReplicaID, in rows: Rows) throws(LogFailure) -> Replica {
        if let found = try find(id) { return found }
        try connection.run(.addReplica, rows.tenant, rows.stream, .blob(id.bytes))
        let replica = Replica(row: connection.lastRow)
        replicas[id] = replica
        return replica
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
