import BatonCore
import GRDB

/// Takes a stream out of a store's files.
///
/// To delete rows leaves their bytes in free pages and in the write-ahead log. So the deletion leaves a
/// mark, in its own transaction; then the file is written anew (https://sqlite.org/lang_vacuum.html), the
/// log is cut to nothing (https://sqlite.org/pragma.html#pragma_wal_checkpoint), and the mark is taken
/// back. A store that is opened with a mark finishes that first.
enum StoreErasure {
    /// Deletes the stream's rows, and leaves the mark.
    static func erase(_ stream: StreamID, in database: Database) throws {
        for (table, column) in [
            ("stream", "name"), ("entity", "stream"), ("outbox", "stream"), ("refused", "stream"),
            ("shared", "stream"),
        ] {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE \(column) = ?", arguments: [stream.description])
        }
        try database.execute(sql: "INSERT OR IGNORE INTO erasure VALUES (1)")
    }

    /// Writes the files anew where there is a mark.
    static func finish(in database: Database) throws {
        guard try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM erasure)") ?? false
        else { return }
        // What is copied on the way must not be written to a further file; and only the checkpoint
        // waits for the disk: what is lost before it is done again.
        try database.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA synchronous = NORMAL")
        defer {
            try? database.execute(sql: "PRAGMA temp_store = DEFAULT; PRAGMA synchronous = FULL")
        }
        try database.execute(sql: "VACUUM")
        let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        if let busy = row?["busy"] as Int64?, busy != 0 {
            throw SyncFailure(
                .storeFailed,
                "what was erased may still lie in the store's log; it goes when the store is opened "
                    + "next")
        }
        try database.execute(sql: "DELETE FROM erasure")
    }
}
