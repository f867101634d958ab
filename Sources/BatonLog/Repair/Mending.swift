/// The mending of one file, inside of a transaction. All of it is set-wise SQL: what is put in place of
/// a damaged value is taken where the row's own sum, or a sound row of the same log, says that it stood
/// there.
struct Mending {
    private let connection: Connection
    private let hasSpare: Bool

    /// Mends the file of `connection`, to which a backup's file may be attached as `spare`.
    init(_ connection: Connection, hasSpare: Bool) {
        self.connection = connection
        self.hasSpare = hasSpare
    }

    /// By what a row is known, in the log and in a backup of it.
    private static let keys: [String: [String]] = [
        "tenant": ["id"], "stream": ["id"], "replica": ["id"], "chunk": ["id"],
        "void": ["tenant", "stream", "replica", "counter"],
        "snapshot": ["tenant", "stream", "kind"], "idempotency": ["tenant", "stream", "key"],
    ]

    /// What was done, and to how many rows.
    func run() throws(LogFailure) -> [(action: String, rows: Int)] {
        var deeds: [(action: String, rows: Int)] = []
        func note(_ action: String, _ rows: Int) {
            if rows > 0 { deeds.append((action, rows)) }
        }
        let broken = try connection.number(
            "SELECT count(*) FROM pragma_integrity_check WHERE \(Self.isIndex)")
        if broken > 0 {
            try connection.run("REINDEX")
            note("file: its indexes made anew from the rows", 1)
        }
        for (table, columns) in Layout.sums {
            if hasSpare {
                note("rows of \(table) restored from the backup", try restore(table, columns))
            }
            note("rows of \(table) mended, as their sums prove", try mend(table, columns))
        }
        if hasSpare { note("missing rows of chunk restored from the backup", try putBackChunks()) }
        note("bases replaced by the latest snapshot", try replaceBases())
        note(
            "latest snapshots dropped, to be folded anew",
            try change(
                "DELETE FROM snapshot WHERE NOT (\(Layout.isSound("snapshot"))) AND (kind = 0 OR "
                    + "(SELECT horizon FROM stream s WHERE s.id = snapshot.stream) = 0)"))
        return deeds
    }

    /// What SQLite says of an index that does not fit its table.
    private static let isIndex =
        "integrity_check LIKE '%index%' AND integrity_check NOT LIKE '%malformed%'"

    /// Takes whole rows from the backup that bear the same sum, or differ in nothing but the sum.
    private func restore(_ table: String, _ columns: [String]) throws(LogFailure) -> Int {
        let same = columns.map { "spare_row.\($0) IS \(table).\($0)" }.joined(separator: " AND ")
        let taken = (columns + ["sum"]).map { "\($0) = spare_row.\($0)" }.joined(separator: ", ")
        return try change(
            """
            UPDATE main.\(table) SET \(taken) FROM spare.\(table) AS spare_row
            WHERE \(isSameRow(table)) AND NOT (\(Layout.isSound(table)))
                AND \(Layout.isSound(table, as: "spare_row"))
                AND (spare_row.sum = \(table).sum OR (\(same)))
            """)
    }

    /// Puts another value in place of one column, where the row's own sum says that it stood there.
    private func mend(_ table: String, _ columns: [String]) throws(LogFailure) -> Int {
        var rows = 0
        for column in columns {
            func sum(with value: String) -> String {
                "row_sum("
                    + columns.map { $0 == column ? value : "\(table).\($0)" }
                    .joined(separator: ", ") + ")"
            }
            if hasSpare {
                rows += try change(
                    """
                    UPDATE main.\(table) SET \(column) = spare_row.\(column)
                    FROM spare.\(table) AS spare_row
                    WHERE \(isSameRow(table)) AND NOT (\(Layout.isSound(table)))
                        AND \(table).sum IS \(sum(with: "spare_row.\(column)"))
                    """)
            }
            for source in Self.sources(of: table, column) {
                rows += try change(
                    """
                    UPDATE main.\(table) SET \(column) = found.value
                    FROM (\(source)) AS found
                    WHERE found.owner = \(table).id AND NOT (\(Layout.isSound(table)))
                        AND \(table).sum IS \(sum(with: "found.value"))
                    """)
            }
        }
        return rows
    }

    /// What the entries tell of the rows that sum them up: queries for the row's id and a value that
    /// may have stood there.
    private static func sources(of table: String, _ column: String) -> [String] {
        switch (table, column) {
        case ("stream", "saved"):
            [
                "SELECT stream AS owner, offset + count - 1 AS value FROM chunk",
                "SELECT id AS owner, horizon AS value FROM stream",
            ]
        case ("stream", "horizon"):
            ["SELECT stream AS owner, min(offset) - 1 AS value FROM chunk GROUP BY stream"]
        case ("stream", "chain"):
            [
                "SELECT stream AS owner, chain AS value FROM chunk",
                "SELECT id AS owner, horizon_chain AS value FROM stream",
            ]
        case ("stream", "horizon_chain"): ["SELECT id AS owner, zeroblob(32) AS value FROM stream"]
        case ("stream", "updated_at"):
            ["SELECT stream AS owner, received_at AS value FROM chunk"]
        case ("replica", "counter"):
            [
                "SELECT replica AS owner, counter + count - 1 AS value FROM chunk",
                "SELECT id AS owner, horizon_counter AS value FROM replica",
            ]
        case ("replica", "last"):
            [
                "SELECT replica AS owner, offset + count - 1 AS value FROM chunk",
                "SELECT id AS owner, 0 AS value FROM replica",
            ]
        case ("replica", "horizon_counter"):
            [
                "SELECT replica AS owner, min(counter) - 1 AS value FROM chunk GROUP BY replica",
                "SELECT id AS owner, counter AS value FROM replica",
            ]
        case ("replica", "dropped"): ["SELECT id AS owner, x'' AS value FROM replica"]
        case ("replica", "stream"): ["SELECT replica AS owner, stream AS value FROM chunk"]
        case ("replica", "tenant"): ["SELECT replica AS owner, tenant AS value FROM chunk"]
        default: []
        }
    }

    /// Entries that are missing between horizon and head, from the backup: an entry that is in the log
    /// never changes under its offset (L1).
    private func putBackChunks() throws(LogFailure) -> Int {
        try change(
            """
            INSERT INTO main.chunk SELECT kept.* FROM spare.chunk AS kept
            JOIN main.stream AS owner ON owner.id = kept.stream AND owner.tenant = kept.tenant
            WHERE \(Layout.isSound("chunk", as: "kept")) AND kept.offset > owner.horizon
                AND NOT EXISTS (SELECT 1 FROM main.chunk AS other WHERE other.id = kept.id)
                AND NOT EXISTS (SELECT 1 FROM main.chunk AS other
                    WHERE other.tenant = kept.tenant AND other.stream = kept.stream
                        AND other.offset < kept.offset + kept.count
                        AND other.offset + other.count > kept.offset)
            """)
    }

    /// Puts the latest snapshot in place of a damaged base, where it is sound and covers what was
    /// dropped: from there on, too, every later state can be folded.
    private func replaceBases() throws(LogFailure) -> Int {
        let columns = ["tenant", "stream", "1", "offset", "state_hash", "body"]
        let values = columns.map { $0 == "1" ? $0 : "latest.\($0)" }.joined(separator: ", ")
        return try change(
            """
            UPDATE main.snapshot SET offset = latest.offset, state_hash = latest.state_hash,
                body = latest.body, sum = row_sum(\(values))
            FROM main.snapshot AS latest, main.stream AS owner
            WHERE snapshot.kind = 1 AND NOT (\(Layout.isSound("snapshot")))
                AND latest.kind = 0 AND latest.tenant = snapshot.tenant
                AND latest.stream = snapshot.stream AND \(Layout.isSound("snapshot", as: "latest"))
                AND owner.id = latest.stream AND latest.offset >= owner.horizon
            """)
    }

    private func isSameRow(_ table: String) -> String {
        (Self.keys[table] ?? []).map { "spare_row.\($0) = \(table).\($0)" }
            .joined(separator: " AND ")
    }

    private func change(_ sql: String) throws(LogFailure) -> Int {
        try connection.run(sql)
        return Int(try connection.number("SELECT changes()"))
    }
}
