import BatonCore

/// A stream as a reader finds it within one transaction.
struct StoredStream {
    let rows: WrittenStream.Rows
    let head: LogHead
    /// The hash of the entry at the horizon.
    let horizonChain: [UInt8]
    let connection: Connection

    /// Up to here the rows of the replicas are brought up.
    private let saved: Offset
    private let key: StreamKey

    /// Finds the stream; `nil` where it does not exist.
    init?(_ key: StreamKey, on connection: Connection) throws(LogFailure) {
        let found = try connection.first(
            .streamByName, .text(key.tenant.description), .text(key.stream.description)
        ) { (row) throws(LogFailure) in
            (
                WrittenStream.Rows(tenant: row.integer(0), stream: row.integer(1)),
                LogHead(
                    offset: Offset(row.integer(2)), horizon: Offset(row.integer(3)),
                    chain: row.blob(4), movedTo: try StreamID(movedTo: row.text(6), of: key)),
                row.blob(5)
            )
        }
        guard let (rows, saved, horizonChain) = found else { return nil }
        let last = try connection.first(.lastChunk, rows.tenant, rows.stream) {
            (row) throws(LogFailure) in
            (offset: try Chunk(header: row, from: 0).lastOffset, chain: row.blob(3))
        }
        self.key = key
        self.rows = rows
        self.horizonChain = horizonChain
        self.connection = connection
        self.saved = saved.offset
        head =
            if let last, last.offset > saved.offset {
                LogHead(
                    offset: last.offset, horizon: saved.horizon, chain: last.chain,
                    movedTo: saved.movedTo)
            } else { saved }
    }

    /// Calls `body` with the chunks that hold what comes after `offset`, and the hash of the last
    /// entry of each, until it returns false.
    func eachChunk(
        after offset: Offset, _ body: (Chunk, [UInt8]) throws(LogFailure) -> Bool
    ) throws(LogFailure) {
        let first = Int64(clamping: offset.rawValue) &+ 1
        try connection.each(
            .chunksFrom, rows.tenant, rows.stream, .integer(max(first, 1))
        ) { (row) throws(LogFailure) in
            try body(try Chunk(row, of: key), row.blob(6))
        }
    }

    func slice(after offset: Offset, limit: ReadLimit) throws(LogFailure) -> LogSlice {
        var builder = SliceBuilder(after: offset, limit: limit)
        if offset >= head.horizon && offset < head.offset {
            try eachChunk(after: offset) { (chunk, _) throws(LogFailure) in
                try builder.take(chunk)
                return builder.wantsMore
            }
            try builder.finish(at: head.offset)
        }
        return LogSlice(chunks: builder.chunks, head: head.offset, horizon: head.horizon)
    }

    /// The replicas that have written, by their rows, and how far.
    func replicas() throws(LogFailure) -> [Int64: (id: ReplicaID, counters: ReplicaCounters)] {
        var replicas = try savedReplicas()
        try eachHeader(from: saved.next, through: head.offset) { row, header in
            replicas[row]?.counters.last = header.lastCounter
        }
        return replicas
    }

    /// The same as their rows have it, which may lag behind.
    func savedReplicas() throws(LogFailure)
        -> [Int64: (id: ReplicaID, counters: ReplicaCounters)]
    {
        var replicas: [Int64: (id: ReplicaID, counters: ReplicaCounters)] = [:]
        try connection.each(.replicas, rows.tenant, rows.stream) { (row) throws(LogFailure) in
            guard let id = ReplicaID(bytes: row.blob(1)) else {
                throw LogFailure(.corrupt, "a replica id is damaged: restore from a backup")
            }
            let counters = ReplicaCounters(
                last: Counter(row.integer(2)), horizon: Counter(row.integer(3)))
            replicas[row.integer(0)] = (id, counters)
            return true
        }
        return replicas
    }

    func vector(at offset: Offset) throws(LogFailure) -> VersionVector? {
        guard offset >= head.horizon else { return nil }
        let replicas = try replicas()
        let seen = try counted(replicas.mapValues(\.counters), at: min(offset, head.offset))
        var vector = VersionVector()
        for (row, counter) in seen {
            if let id = replicas[row]?.id, counter > .none { vector.insert(Dot(id, counter)) }
        }
        return vector
    }

    /// Counts from the horizon up or from the head down, whichever is nearer.
    private func counted(_ counters: [Int64: ReplicaCounters], at offset: Offset)
        throws(LogFailure) -> [Int64: Counter]
    {
        let isNearHorizon =
            offset.rawValue - head.horizon.rawValue < head.offset.rawValue - offset.rawValue
        var seen = counters.mapValues { isNearHorizon ? $0.horizon : $0.last }
        if isNearHorizon {
            try eachHeader(from: .start, through: offset) { row, header in
                seen[row] = max(seen[row] ?? .none, header.lastCounter(upTo: offset))
            }
        } else if offset < head.offset {
            try eachHeader(from: try chunkStart(at: offset), through: head.offset) { row, header in
                let counter =
                    header.offset <= offset
                    ? header.lastCounter(upTo: offset)
                    : Counter(rawValue: header.counter.rawValue - 1)
                if header.lastOffset > offset { seen[row] = min(seen[row] ?? counter, counter) }
            }
        }
        return seen
    }

    private func chunkStart(at offset: Offset) throws(LogFailure) -> Offset {
        try connection.first(.chunkBefore, rows.tenant, rows.stream, .integer(offset)) {
            (row) throws(LogFailure) in Offset(row.integer(1))
        } ?? .start
    }

    /// Chunks without their bodies, by replica row.
    private func eachHeader(
        from first: Offset, through last: Offset, _ body: (Int64, Chunk) -> Void
    ) throws(LogFailure) {
        try connection.each(
            .chunkHeaders, rows.tenant, rows.stream, .integer(first), .integer(last)
        ) { (row) throws(LogFailure) in
            body(row.integer(0), try Chunk(header: row, from: 1))
            return true
        }
    }

    func snapshot(_ kind: SnapshotKind) throws(LogFailure) -> StoredSnapshot? {
        guard kind == .latest else { return try stored(kind) }
        let (latest, base) = (try stored(.latest), try stored(.base))
        guard let latest, let base else { return latest ?? base }
        return base.offset > latest.offset ? base : latest
    }

    private func stored(_ kind: SnapshotKind) throws(LogFailure) -> StoredSnapshot? {
        try connection.first(
            .snapshot, rows.tenant, rows.stream, .integer(Int64(kind.rawValue))
        ) { (row) throws(LogFailure) in
            guard row.integer(3) == 1, let body = PackedBody.unpack(row.blob(1)) else {
                throw LogFailure(
                    .corrupt,
                    "a snapshot of \(key.stream) is damaged: repair it with \"baton verify\"")
            }
            return StoredSnapshot(
                offset: Offset(row.integer(0)), body: body, stateHash: row.blob(2))
        }
    }

    /// The records of refused events at or below `offset`; `replicas` are the ids by their rows.
    func voids(upTo offset: Offset, of replicas: [Int64: ReplicaID]) throws(LogFailure)
        -> [ArchivedVoid]
    {
        var voids: [ArchivedVoid] = []
        try connection.each(.voidsUpTo, rows.tenant, rows.stream, .integer(offset)) {
            (row) throws(LogFailure) in
            guard let replica = replicas[row.integer(0)] else { throw .damagedReplica(of: key) }
            guard let code = RefusalCode(rawValue: row.text(3)) else {
                throw LogFailure(
                    .newerFormat, "the refusal \(row.text(3)) is unknown to this version")
            }
            voids.append(
                ArchivedVoid(
                    dot: Dot(replica, Counter(row.integer(1))), offset: Offset(row.integer(2)),
                    record: VoidRecord(
                        refusal: Refusal(code, row.text(4)), digest: row.blob(5))))
            return true
        }
        return voids
    }

    func headers(after offset: Offset, limit: Int) throws(LogFailure) -> [ChunkHeader] {
        var headers: [ChunkHeader] = []
        guard limit > 0 else { return headers }
        try connection.each(
            .headersFrom, rows.tenant, rows.stream, .integer(offset.next)
        ) { (row) throws(LogFailure) in
            let header = try ChunkHeader(row, of: key)
            if header.lastOffset > offset { headers.append(header) }
            return headers.count < limit
        }
        return headers
    }
}
