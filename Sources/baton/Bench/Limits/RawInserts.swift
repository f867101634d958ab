import CSQLite
import Foundation

/// The limit that a log on SQLite is held against: inserts straight through the C API.
enum RawInserts {
    /// Rows a second: a row an event, 1,000 rows a transaction, WAL, synchronous=FULL.
    static func measure(event: [UInt8], file: String, for seconds: Double) throws -> Double {
        var database: OpaquePointer?
        guard sqlite3_open(file, &database) == SQLITE_OK else {
            throw CommandFailure("\(file) cannot be made")
        }
        defer { sqlite3_close(database) }
        func run(_ sql: String) throws {
            guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
                throw CommandFailure("\(sql): \(String(cString: sqlite3_errmsg(database)))")
            }
        }
        try run("PRAGMA journal_mode=WAL")
        try run("PRAGMA synchronous=FULL")
        try run(
            """
            CREATE TABLE event (stream INTEGER, seq INTEGER, body BLOB, PRIMARY KEY (stream, seq))
            WITHOUT ROWID
            """)
        var statement: OpaquePointer?
        sqlite3_prepare_v2(
            database, "INSERT INTO event VALUES (?, ?, ?)", -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        let streams = 256
        var rows = 0
        let end = Stopwatch.now + UInt64(seconds * 1e9)
        let elapsed = try Stopwatch.seconds {
            while Stopwatch.now < end {
                try run("BEGIN IMMEDIATE")
                for _ in 0..<1_000 {
                    sqlite3_bind_int64(statement, 1, Int64(rows % streams))
                    sqlite3_bind_int64(statement, 2, Int64(rows / streams))
                    // The bytes outlive the step, so that SQLite need not copy them.
                    let stepped = event.withUnsafeBytes { bytes in
                        sqlite3_bind_blob(statement, 3, bytes.baseAddress, Int32(bytes.count), nil)
                        return sqlite3_step(statement)
                    }
                    guard stepped == SQLITE_DONE else {
                        throw CommandFailure("insert: \(String(cString: sqlite3_errmsg(database)))")
                    }
                    sqlite3_reset(statement)
                    rows += 1
                }
                try run("COMMIT")
            }
        }
        return Double(rows) / elapsed
    }
}
