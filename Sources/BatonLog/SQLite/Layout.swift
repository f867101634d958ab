/// How the log lies in its files: `baton.db`, and beside it `baton-1.db`, `baton-2.db`, … where it was
/// made with several.
///
/// Each is a SQLite database with `application_id` 0x4261746E ("Batn") and `user_version` = the
/// number of steps below that were taken. Each holds whole streams: a stream's tenant and name say in
/// which file it lies (``FileSet``), so that commits of different streams overlap and no statement
/// spans files. Tenant AND stream are in the key of every table that holds a stream's data, so that
/// no statement can reach another tenant's by a number alone. All integers are below 2^53; times are
/// milliseconds since 1970.
///
/// - **meta**: facts of the log as a whole. `epoch`: 16 hexadecimal digits drawn when it was made,
///   part of every cursor. `replica`: the id under which its servers write. `files`: how many files
///   it has, for good. `file`: which of them this one is. `complete`, in the first one: all were made.
/// - **tenant**: `id` ↔ `name`.
/// - **stream**: one row a stream. `horizon`: entries up to here are dropped. `chain`,
///   `horizon_chain`: the hash of the entry at `saved` and at the horizon (32 zero bytes at the
///   start). `updated_at`: when the entry at `saved` came. `moved_to`: the stream that it was adopted
///   into, empty for none; new entries are refused while it stands.
///   `saved`: up to here the columns `chain` and `updated_at`, and the rows of the replicas, have been
///   brought up. What came after stands in the chunks alone, at most 32 of them: so an append writes
///   one row, and not three.
/// - **replica**: who has written to a stream. `replica`: the id as 16 bytes. `counter`: its last
///   event up to `saved`. `last`: the offset of that. `horizon_counter`: its last event up to the
///   horizon. Never pruned: these rows are the stream's version vector. `dropped`: 4 bytes of
///   SHA-256 of each of its last dropped events, up to `horizon_counter`, at most 1,000
///   (``Fingerprints``).
/// - **chunk**: a run of one replica's entries, one row an append, as measured to be the fastest.
///   `offset`, `counter`: of the first entry. `count`: how many. `replica`: `replica.id`. `previous`:
///   the offset of the replica's entry before the first one (0: none), so that a replica's entries
///   are found without an index of their own. `body`: their frames as they came. `chain`: the hash of
///   the last of them. The UNIQUE key makes double offsets impossible, whatever a server gets wrong.
/// - **void**: an entry that stands for an event refused for good, by its dot. `code`, `reason`:
///   why. `digest`: SHA-256 of the event that was refused. Stays when the entry is dropped, for a
///   retry is answered as the first time.
/// - **snapshot**: merged states of a stream, each of all of the log up to `offset`. `kind`: 0 the
///   latest, 1 the base (``SnapshotKind``). `body`: the encoded state, deflated where that is less
///   (``PackedBody``).
/// - **idempotency**: what was stored under a thin client's `key`. `digest`: SHA-256 of the request.
///   `replica`, `counter`, `count`: the entries' dots. Forgotten after seven days.
///
/// `sum`, a column of each of them, and in meta a row: ``RowSum`` over the rest, as ``Layout/sums``
/// and ``Layout/metaSum`` say.
enum Layout {
    /// "Batn".
    static let applicationID = 0x4261_746E

    /// What the column `sum` of each table is over. That of a chunk or a snapshot is checked whenever
    /// it is read, so that a damaged one is never served.
    static let sums: [(table: String, columns: [String])] = [
        ("tenant", ["name"]),
        (
            "stream",
            [
                "tenant", "name", "saved", "horizon", "chain", "horizon_chain", "updated_at",
                "moved_to",
            ]
        ),
        (
            "replica",
            ["tenant", "stream", "replica", "counter", "last", "horizon_counter", "dropped"]
        ),
        (
            "chunk",
            [
                "tenant", "stream", "offset", "count", "replica", "counter", "previous",
                "received_at", "chain", "body",
            ]
        ),
        (
            "void",
            ["tenant", "stream", "replica", "counter", "offset", "code", "reason", "digest"]
        ),
        ("snapshot", ["tenant", "stream", "kind", "offset", "state_hash", "body"]),
        (
            "idempotency",
            ["tenant", "stream", "key", "digest", "replica", "counter", "count", "received_at"]
        ),
    ]

    /// What the row `sum` of meta has to say.
    static let metaSum =
        "SELECT row_sum("
        + ["epoch", "replica", "file", "files"].map {
            "(SELECT value FROM meta WHERE key = '\($0)')"
        }.joined(separator: ", ") + ")"

    /// The statements that lead from each version to the next. Never changed once released: a new
    /// layout is a new step.
    static let steps: [String] = [
        """
        CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE stream (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            name TEXT NOT NULL,
            head INTEGER NOT NULL,
            horizon INTEGER NOT NULL,
            chain BLOB NOT NULL,
            horizon_chain BLOB NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (tenant, name)
        ) STRICT;
        CREATE TABLE replica (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            replica BLOB NOT NULL,
            counter INTEGER NOT NULL,
            horizon_counter INTEGER NOT NULL,
            UNIQUE (tenant, stream, replica)
        ) STRICT;
        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            count INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            chain BLOB NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (tenant, stream, offset),
            UNIQUE (tenant, stream, replica, counter)
        ) STRICT;
        CREATE TABLE void (
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            digest BLOB NOT NULL,
            PRIMARY KEY (tenant, stream, replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshot (
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            state_hash BLOB NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (tenant, stream)
        ) STRICT;
        CREATE TABLE idempotency (
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            key TEXT NOT NULL,
            digest BLOB NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            count INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, stream, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_age ON idempotency (tenant, received_at);
        """,
        "ALTER TABLE stream ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';",
        """
        ALTER TABLE tenant ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE stream RENAME COLUMN head TO saved;
        ALTER TABLE stream ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE replica ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE replica ADD COLUMN dropped BLOB NOT NULL DEFAULT x'';
        ALTER TABLE replica ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE void ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE idempotency ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE chunk RENAME TO old_chunk;
        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            count INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            previous INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            chain BLOB NOT NULL,
            sum INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (tenant, stream, offset)
        ) STRICT;
        INSERT INTO chunk
            SELECT id, tenant, stream, offset, count, replica, counter,
                coalesce(lag(offset + count - 1)
                    OVER (PARTITION BY tenant, stream, replica ORDER BY counter), 0),
                received_at, chain, 0, body
            FROM old_chunk ORDER BY id;
        UPDATE replica SET last = coalesce(
            (SELECT max(c.offset + c.count - 1) FROM old_chunk c
            WHERE c.tenant = replica.tenant AND c.stream = replica.stream
                AND c.replica = replica.id), 0);
        DROP TABLE old_chunk;
        ALTER TABLE snapshot RENAME TO old_snapshot;
        CREATE TABLE snapshot (
            tenant INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            state_hash BLOB NOT NULL,
            sum INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (tenant, stream, kind)
        ) STRICT;
        INSERT INTO snapshot
            SELECT tenant, stream, 0, offset, state_hash, 0, body FROM old_snapshot
            UNION ALL
            SELECT o.tenant, o.stream, 1, o.offset, o.state_hash, 0, o.body
            FROM old_snapshot o JOIN stream s ON s.tenant = o.tenant AND s.id = o.stream
            WHERE s.horizon > 0;
        DROP TABLE old_snapshot;
        INSERT INTO meta VALUES ('file', '0'), ('files', '1'), ('complete', 'yes');
        INSERT INTO meta VALUES ('sum', (\(metaSum)));
        """ + fillSums,
        // Bodies of snapshots may be deflated: a version that does not know of it keeps away.
        "",
    ]

    /// Brings the sums of all rows up to what the rows hold.
    private static var fillSums: String {
        sums.map { table, columns in
            "UPDATE \(table) SET sum = row_sum(\(columns.joined(separator: ", ")));"
        }.joined(separator: "\n")
    }
}
