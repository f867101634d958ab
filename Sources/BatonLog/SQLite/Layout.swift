/// How the log lies in the file `baton.db`.
///
/// A SQLite database with `application_id` 0x4261746E ("Batn") and `user_version` = the number of
/// steps below that were taken. Tenant AND stream are in the key of every table that holds a
/// stream's data, so that no statement can reach another tenant's by a number alone. All integers
/// are below 2^53; times are milliseconds since 1970.
///
/// - **meta**: facts of the log as a whole. `epoch`: 16 hexadecimal digits drawn when it was made,
///   part of every cursor. `replica`: the id under which its servers write.
/// - **tenant**: `id` ↔ `name`.
/// - **stream**: one row a stream. `head`: the last offset. `horizon`: entries up to here are
///   dropped. `chain`, `horizon_chain`: the hash of the entry at head and at horizon (32 zero bytes
///   at the start). `updated_at`: when the last entry came. `moved_to`: the stream that it was
///   adopted into, empty for none; new entries are refused while it stands.
/// - **replica**: who has written to a stream. `replica`: the id as 16 bytes. `counter`: its last
///   event in the log. `horizon_counter`: its last event up to the horizon. Never pruned: these rows
///   are the stream's version vector.
/// - **chunk**: a run of one replica's entries, one row an append, as measured to be the fastest.
///   `offset`, `counter`: of the first entry. `count`: how many. `replica`: `replica.id`. `body`:
///   their frames as they came. `chain`: the hash of the last of them. The two UNIQUE keys make
///   double offsets and double counters impossible, whatever a server gets wrong.
/// - **void**: an entry that stands for an event refused for good, by its dot. `code`, `reason`:
///   why. `digest`: SHA-256 of the event that was refused. Stays when the entry is dropped, for a
///   retry is answered as the first time.
/// - **snapshot**: the latest merged state of a stream, all of the log up to `offset`.
/// - **idempotency**: what was stored under a thin client's `key`. `digest`: SHA-256 of the request.
///   `replica`, `counter`, `count`: the entries' dots. Forgotten after seven days.
enum Layout {
    /// "Batn".
    static let applicationID = 0x4261_746E

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
    ]
}
