import BatonCore
import GRDB

/// The tables of a store, by version (`PRAGMA user_version`).
///
/// | table | a row is | kept |
/// | --- | --- | --- |
/// | installation | this client: replica id and clock correction | always one |
/// | schema | a schema document that was taken from the server | until a later one comes |
/// | stream | where a stream stands: cursor, offset, vector, counter, clock | for its life |
/// | entity | one entity of the confirmed state, encoded by itself | while something lives in it |
/// | outbox | an own event, as encoded, and what its writer had seen | until the log answered and the state covers it; the last thousand of these stay, in case the log is restored from a backup |
/// | refused | an own event that was refused for good | until the app has decided |
/// | shared | what was handed to this device of a stream: token, time, entities | until the stream is forgotten |
/// | erasure | the mark that rows were erased whose bytes still lie in the files | until these are written anew |
enum StoreFormat {
    static let version = 4
    /// "Batn": so that another program's database is not taken for a store.
    static let applicationID = 0x4261_746E

    /// Brings a store to this version's form; a new one gets `newID` as its replica id.
    static func bringUpToDate(_ database: Database, newID: ReplicaID) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let owner = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard found <= version else {
            throw SyncFailure(
                .storeNewer,
                "the store has format \(found), this version of the SDK knows formats up to "
                    + "\(version): update the app; nothing was changed")
        }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        let isFresh = found == 0 && owner == 0 && tables == 0
        guard isFresh || owner == applicationID else {
            throw SyncFailure(
                .storeFailed, "the file is another program's database: choose another path")
        }
        guard isFresh || found > 0 else {
            throw SyncFailure(
                .storeFailed,
                "the store says that it has format \(found), which there never was: it is "
                    + "damaged; restore it from a copy, or begin a new store")
        }
        if found == version { return }
        try database.inTransaction(.immediate) {
            if found < 1 {
                try database.execute(sql: firstVersion)
                try Installation(replica: newID, clockCorrection: 0).save(in: database)
            }
            if found < 2 { try database.execute(sql: secondVersion) }
            if found < 3 { try database.execute(sql: "ALTER TABLE outbox ADD COLUMN saw BLOB") }
            if found < 4 { try database.execute(sql: fourthVersion) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    private static let fourthVersion = """
        CREATE TABLE shared (
            stream TEXT PRIMARY KEY,
            token TEXT NOT NULL,
            expires INTEGER NOT NULL,
            entities TEXT NOT NULL
        );
        CREATE TABLE erasure (
            mark INTEGER PRIMARY KEY
        );
        """

    private static let secondVersion = """
        CREATE TABLE schema (
            type TEXT PRIMARY KEY,
            document BLOB NOT NULL
        );
        """

    private static let firstVersion = """
        CREATE TABLE installation (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            replica TEXT NOT NULL,
            clock_correction INTEGER NOT NULL
        );
        CREATE TABLE stream (
            name TEXT PRIMARY KEY,
            replica TEXT NOT NULL,
            next_counter INTEGER NOT NULL,
            cursor TEXT NOT NULL,
            log_offset INTEGER NOT NULL,
            vector BLOB NOT NULL,
            clock_time INTEGER NOT NULL,
            clock_tick INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE entity (
            stream TEXT NOT NULL,
            entity TEXT NOT NULL,
            state BLOB NOT NULL,
            PRIMARY KEY (stream, entity)
        );
        CREATE TABLE outbox (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            stream TEXT NOT NULL,
            replica TEXT NOT NULL,
            counter INTEGER NOT NULL,
            event BLOB NOT NULL,
            fate INTEGER NOT NULL,
            UNIQUE (stream, replica, counter)
        );
        CREATE TABLE refused (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            stream TEXT NOT NULL,
            replica TEXT NOT NULL,
            counter INTEGER NOT NULL,
            event BLOB NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            UNIQUE (stream, replica, counter)
        );
        """
}
