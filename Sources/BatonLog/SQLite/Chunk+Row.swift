import BatonCore

extension Chunk {
    /// A chunk from the columns of its row; fails where they hold what was never written.
    init(
        replica: ReplicaID, counter: Int64, offset: Int64, count: Int64, body: [UInt8] = [],
        receivedAt: Int64 = 0
    ) throws(LogFailure) {
        let possible = 1...Int64(largestExactInteger)
        guard possible.contains(counter), possible.contains(offset), possible.contains(count) else {
            throw LogFailure(
                .corrupt, "the entries from offset \(offset) on are damaged: restore from a backup",
                cause: "counter \(counter), count \(count)")
        }
        self.init(
            replica: replica, counter: Counter(counter), offset: Offset(offset), count: Int(count),
            body: body, receivedAt: receivedAt)
    }

    /// A chunk from the columns of ``Query/chunksFrom``.
    init(_ row: Statement, of key: StreamKey) throws(LogFailure) {
        guard let replica = ReplicaID(bytes: row.blob(0)) else { throw .damagedReplica(of: key) }
        try self.init(
            replica: replica, counter: row.integer(1), offset: row.integer(2),
            count: row.integer(3), body: row.blob(5), receivedAt: row.integer(4))
        try checkSum(row, at: 7)
    }

    /// Fails where the column says that the row is not what was written.
    func checkSum(_ row: Statement, at column: Int32) throws(LogFailure) {
        guard row.integer(column) == 1 else {
            throw LogFailure(
                .corrupt, "the entries from offset \(offset) on are damaged: restore from a backup",
                cause: "another sum")
        }
    }

    /// A chunk without its body, from columns that stand in this order from `column` on: counter,
    /// offset, count. Its replica is known by its row only.
    init(header row: Statement, from column: Int32) throws(LogFailure) {
        try self.init(
            replica: ReplicaID(high: 0, low: 0), counter: row.integer(column),
            offset: row.integer(column + 1), count: row.integer(column + 2))
    }
}

extension ChunkHeader {
    /// A header from the columns of ``Query/headersFrom``.
    init(_ row: Statement, of key: StreamKey) throws(LogFailure) {
        guard let replica = ReplicaID(bytes: row.blob(0)) else { throw .damagedReplica(of: key) }
        let chunk = try Chunk(
            replica: replica, counter: row.integer(1), offset: row.integer(2),
            count: row.integer(3), receivedAt: row.integer(4))
        self.init(
            replica: replica, counter: chunk.counter, offset: chunk.offset, count: chunk.count,
            bytes: Int(row.integer(5)), receivedAt: chunk.receivedAt, chain: row.blob(6))
    }
}
