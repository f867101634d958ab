package import BatonCore

/// A file of a log under repair, inside of the repair's transaction: what of a stream is damaged or
/// missing, and the means to put in its place what was proved by other entries or by a hash.
///
/// Whoever puts a row answers for its proof; what is put bears a sum of its own.
package struct FileRepair {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    /// A stream whose own row, and tenant, are as they were written.
    package struct Stream {
        /// Which stream it is.
        package let key: StreamKey
        /// Entries up to here are dropped.
        package let horizon: Offset
        /// The hash of the entry there.
        package let horizonChain: [UInt8]
        let tenant: Int64
        let id: Int64
        let saved: Offset
        let chain: [UInt8]

        var values: [SQLValue] { [.integer(tenant), .integer(id)] }
    }

    /// Offsets of entries that were in the log, and of which no sound row is there.
    package struct Gap: Hashable {
        /// The first and the last of them.
        package let range: ClosedRange<Offset>
        /// Whether no sound entry comes after, so that it may end earlier than its range.
        package let isTail: Bool
    }

    /// The stream; `nil` where this file has no sound row of it.
    package func stream(_ key: StreamKey) throws(LogFailure) -> Stream? {
        var found: Stream?
        try connection.rows(
            """
            SELECT t.id, s.id, s.horizon, s.horizon_chain, s.saved, s.chain
            FROM stream s JOIN tenant t ON t.id = s.tenant WHERE t.name = ?1 AND s.name = ?2
                AND \(Layout.isSound("stream", as: "s")) AND \(Layout.isSound("tenant", as: "t"))
            """, [.text(key.tenant.description), .text(key.stream.description)]
        ) { row in
            found = Stream(
                key: key, horizon: Offset(row.integer(2)), horizonChain: row.blob(3),
                tenant: row.integer(0), id: row.integer(1), saved: Offset(row.integer(4)),
                chain: row.blob(5))
        }
        return found
    }

    /// Where entries are damaged or missing, ascending. O(the stream's chunks).
    package func gaps(in stream: Stream) throws(LogFailure) -> [Gap] {
        var gaps: [Gap] = []
        var end = stream.horizon
        var told = stream.saved
        try connection.rows(
            """
            SELECT offset, offset + count - 1, \(Layout.isSound("chunk")) FROM chunk
            WHERE tenant = ?1 AND stream = ?2 ORDER BY offset
            """, stream.values
        ) { row in
            let (first, last) = (Offset(row.integer(0)), Offset(row.integer(1)))
            guard last.rawValue <= largestExactInteger else { return }
            guard row.integer(2) == 1 else {
                told = max(told, last)
                return
            }
            if first > end.next {
                let before = Offset(rawValue: first.rawValue - 1)
                gaps.append(Gap(range: end.next...before, isTail: false))
            }
            end = max(end, last)
        }
        if told > end { gaps.append(Gap(range: end.next...told, isTail: true)) }
        return gaps
    }

    /// The hashes that the log names for entries in `range`, by their offsets: of rows that are damaged,
    /// too, since a hash that fits by chance does not exist.
    package func chains(of stream: Stream, in range: ClosedRange<Offset>) throws(LogFailure)
        -> [Offset: Set<[UInt8]>]
    {
        var chains: [Offset: Set<[UInt8]>] = [:]
        for (offset, chain) in [
            (stream.horizon, stream.horizonChain), (stream.saved, stream.chain),
        ] where range.contains(offset) {
            chains[offset, default: []].insert(chain)
        }
        try connection.rows(
            """
            SELECT offset + count - 1, chain FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset + count - 1 BETWEEN ?3 AND ?4
            """, stream.values + [.integer(range.lowerBound), .integer(range.upperBound)]
        ) { row in
            chains[Offset(row.integer(0)), default: []].insert(row.blob(1))
        }
        return chains
    }

    /// Whether the sound chunk after `offset` follows an entry there with the hash `chain`.
    package func isFollowed(_ stream: Stream, at offset: Offset, chain: [UInt8])
        throws(LogFailure) -> Bool
    {
        var follows = false
        try eachChunk(of: stream, from: offset.next, through: offset.next) {
            (chunk, stored) throws(LogFailure) in
            guard chunk.offset == offset.next else { return }
            follows = LogChain.extend(chain, over: chunk, try chunk.frames()) == stored
        }
        return follows
    }

    /// Calls `body` with each sound chunk that holds entries in a range, and the hash of its last one.
    package func eachChunk(
        of stream: Stream, from first: Offset, through last: Offset,
        _ body: (Chunk, _ chain: [UInt8]) throws(LogFailure) -> Void
    ) throws(LogFailure) {
        try connection.rows(
            """
            SELECT r.replica, c.counter, c.offset, c.count, c.received_at, c.body, c.chain
            FROM chunk c JOIN replica r ON r.id = c.replica
            WHERE c.tenant = ?1 AND c.stream = ?2 AND c.offset <= ?4
                AND c.offset + c.count - 1 >= ?3 AND \(Layout.isSound("chunk", as: "c"))
                AND \(Layout.isSound("replica", as: "r")) ORDER BY c.offset
            """, stream.values + [.integer(first), .integer(last)]
        ) { (row) throws(LogFailure) in
            guard let replica = ReplicaID(bytes: row.blob(0)) else { return }
            try body(
                try Chunk(
                    replica: replica, counter: row.integer(1), offset: row.integer(2),
                    count: row.integer(3), body: row.blob(5), receivedAt: row.integer(4)),
                row.blob(6))
        }
    }
}

extension FileRepair {
    /// Fills `range` with the entries that `run` holds of it, which follow one with the hash `chain`;
    /// damaged rows that stand in their place go. Returns how many rows were put: none where the row
    /// of a replica is missing.
    package func fill(
        _ range: ClosedRange<Offset>, of stream: Stream, with run: [ArchivedChunk],
        after chain: [UInt8]
    ) throws(LogFailure) -> Int {
        var chain = chain
        var pieces: [(archived: ArchivedChunk, replica: Int64, chain: [UInt8])] = []
        let before = Offset(rawValue: range.lowerBound.rawValue - 1)
        for archived in run {
            for chunk in try archived.chunk.cut(behind: [before, range.upperBound]) {
                chain = LogChain.extend(chain, over: chunk, try chunk.frames())
                guard range.contains(chunk.offset) else { continue }
                guard let replica = try replica(chunk.replica, of: stream) else { return 0 }
                pieces.append((ArchivedChunk(chunk, voids: archived.voids), replica, chain))
            }
        }
        _ = try change(
            """
            DELETE FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?4
                AND offset + count - 1 >= ?3 AND NOT (\(Layout.isSound("chunk")))
            """, stream.values + [.integer(range.lowerBound), .integer(range.upperBound)])
        for (archived, replica, chain) in pieces {
            let chunk = archived.chunk
            _ = try change(
                """
                INSERT INTO chunk (tenant, stream, offset, count, replica, counter, previous,
                    received_at, chain, sum, body)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, previous, ?7, ?8,
                    row_sum(?1, ?2, ?3, ?4, ?5, ?6, previous, ?7, ?8, ?9), ?9
                FROM (SELECT coalesce(max(offset + count - 1), 0) AS previous FROM chunk
                    WHERE tenant = ?1 AND stream = ?2 AND replica = ?5 AND offset < ?3)
                """,
                stream.values + [
                    .integer(chunk.offset), .integer(Int64(chunk.count)), .integer(replica),
                    .integer(chunk.counter), .integer(chunk.receivedAt), .blob(chain),
                    .blob(chunk.body),
                ])
            _ = try put(archived.voids, of: chunk, in: stream)
        }
        return pieces.count
    }

    /// Puts the records of refused events of a chunk where another one stands, or none. Returns how
    /// many rows that changed.
    package func put(_ voids: [Counter: VoidRecord], of chunk: Chunk, in stream: Stream)
        throws(LogFailure) -> Int
    {
        var rows = 0
        for (counter, void) in voids
        where chunk.counter <= counter && counter.rawValue - chunk.counter.rawValue < chunk.count {
            let place = chunk.offset.rawValue + (counter.rawValue - chunk.counter.rawValue)
            rows += try put(
                ArchivedVoid(
                    dot: Dot(chunk.replica, counter), offset: Offset(rawValue: place), record: void
                ), in: stream)
        }
        return rows
    }

    /// Puts the record of a refused event where another one stands, or none.
    package func put(_ void: ArchivedVoid, in stream: Stream) throws(LogFailure) -> Int {
        guard let replica = try replica(void.dot.replica, of: stream) else { return 0 }
        return try change(
            """
            INSERT INTO void (tenant, stream, replica, counter, offset, code, reason, digest, sum)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
            ON CONFLICT (tenant, stream, replica, counter) DO UPDATE SET offset = excluded.offset,
                code = excluded.code, reason = excluded.reason, digest = excluded.digest,
                sum = excluded.sum
            WHERE void.sum <> excluded.sum OR NOT (\(Layout.isSound("void")))
            """,
            stream.values + [
                .integer(replica), .integer(void.dot.counter), .integer(void.offset),
                .text(void.record.refusal.code.rawValue), .text(void.record.refusal.reason),
                .blob(void.record.digest),
            ])
    }

    /// Whether a row of a table that belongs to the stream is not what was written.
    package func hasDamage(in table: String, of stream: Stream) throws(LogFailure) -> Bool {
        var count: Int64 = 0
        try connection.rows(
            """
            SELECT count(*) FROM \(table)
            WHERE tenant = ?1 AND stream = ?2 AND NOT (\(Layout.isSound(table)))
            """, stream.values
        ) { count = $0.integer(0) }
        return count > 0
    }

    /// Whether entries were dropped and no sound base is there.
    package func lacksBase(_ stream: Stream) throws(LogFailure) -> Bool {
        guard stream.horizon > .start else { return false }
        var count: Int64 = 0
        try connection.rows(
            """
            SELECT count(*) FROM snapshot WHERE tenant = ?1 AND stream = ?2 AND kind = 1
                AND offset >= ?3 AND \(Layout.isSound("snapshot"))
            """, stream.values + [.integer(stream.horizon)]
        ) { count = $0.integer(0) }
        return count == 0
    }

    /// Puts a base in place of the one that is there.
    package func put(base: StoredSnapshot, in stream: Stream) throws(LogFailure) -> Int {
        try change(
            """
            INSERT OR REPLACE INTO snapshot (tenant, stream, kind, offset, state_hash, body, sum)
            VALUES (?1, ?2, 1, ?3, ?4, ?5, row_sum(?1, ?2, 1, ?3, ?4, ?5))
            """,
            stream.values + [.integer(base.offset), .blob(base.stateHash), .blob(base.body)])
    }

    /// Drops a stored snapshot: the latest can be folded anew wherever its entries are there, a base
    /// where nothing was dropped.
    package func drop(_ kind: SnapshotKind, of stream: Stream) throws(LogFailure) -> Int {
        try change(
            "DELETE FROM snapshot WHERE tenant = ?1 AND stream = ?2 AND kind = ?3",
            stream.values + [.integer(Int64(kind.rawValue))])
    }

    /// Puts one of `values` in place of a column of damaged rows, where the row's own sum says that
    /// it stood there. For tables whose rows have a number.
    package func mend(_ table: String, _ column: String, with values: [RepairValue])
        throws(LogFailure) -> Int
    {
        let columns = Layout.sums.first { $0.table == table }?.columns ?? []
        let sum = columns.map { $0 == column ? "?1" : $0 }.joined(separator: ", ")
        guard
            try connection.number(
                "SELECT EXISTS (SELECT 1 FROM \(table) WHERE NOT (\(Layout.isSound(table))))") == 1
        else { return 0 }
        var rows = 0
        for value in values {
            // A value that another row has by now is not the one that is missing.
            rows += try change(
                """
                UPDATE OR IGNORE \(table) SET \(column) = ?1
                WHERE NOT (\(Layout.isSound(table))) AND sum = row_sum(\(sum))
                """, [value.bound])
        }
        return rows
    }

    /// Drops damaged rows of which a sound one with the same sum is there: they were that row.
    package func dropShadows() throws(LogFailure) -> Int {
        var rows = 0
        for table in ["chunk", "void"] {
            rows += try change(
                """
                DELETE FROM \(table) WHERE NOT (\(Layout.isSound(table))) AND sum IN
                    (SELECT sum FROM \(table) AS whole WHERE \(Layout.isSound(table, as: "whole")))
                """, [])
        }
        return rows
    }

    private func replica(_ id: ReplicaID, of stream: Stream) throws(LogFailure) -> Int64? {
        var found: Int64?
        try connection.rows(
            """
            SELECT id FROM replica WHERE tenant = ?1 AND stream = ?2 AND replica = ?3
                AND \(Layout.isSound("replica"))
            """, stream.values + [.blob(id.bytes)]
        ) { found = $0.integer(0) }
        return found
    }

    private func change(_ sql: String, _ values: [SQLValue]) throws(LogFailure) -> Int {
        try connection.rows(sql, values) { _ in }
        return Int(try connection.number("SELECT changes()"))
    }
}

/// A value that may have stood in a damaged row.
package enum RepairValue: Hashable, Sendable {
    /// A name.
    case name(String)
    /// An id or a hash.
    case bytes([UInt8])

    fileprivate var bound: SQLValue {
        switch self {
        case .name(let text): .text(text)
        case .bytes(let bytes): .blob(bytes)
        }
    }
}
