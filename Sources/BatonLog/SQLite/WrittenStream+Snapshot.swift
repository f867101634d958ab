import BatonCore

extension WrittenStream {
    /// A run of whole chunks to drop.
    struct Compaction {
        /// The last offset to drop, which becomes the horizon.
        let end: Offset
        /// The hash of the entry there.
        let chain: [UInt8]
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
        try connection.run(.moveHorizon, rows.tenant, rows.stream, end, .blob(compaction.chain))
        noteDropped(through: compaction.end, counters: dropped)
    }

    private func snapshotOffset(in rows: Rows) throws(LogFailure) -> Offset? {
        try connection.first(.snapshotOffset, rows.tenant, rows.stream) {
            (row) throws(LogFailure) in Offset(row.integer(0))
        }
    }
}
