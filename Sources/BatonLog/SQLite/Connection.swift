import CSQLite
import Foundation

/// One SQLite connection with the log's prepared statements.
///
/// Unchecked: it is opened on one thread and then handed to another, which alone uses it from then
/// on (SQLITE_OPEN_NOMUTEX asks for that).
final class Connection: @unchecked Sendable {
    /// What a connection may do.
    enum Access {
        case create
        case write
        case read
    }

    /// Pages in the write-ahead log after this connection's last commit; it reports them itself
    /// once ``countPages()`` was called.
    private(set) var pages = 0

    private let database: OpaquePointer
    private var statements: [Query: Statement] = [:]
    private var isOpen = true

    /// Opens the file at `path`.
    init(path: String, access: Access) throws(LogFailure) {
        let flags =
            switch access {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .write: SQLITE_OPEN_READWRITE
            case .read: SQLITE_OPEN_READONLY
            }
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let failure = LogFailure(sqlite: code, on: handle, doing: "open \(path)")
            sqlite3_close_v2(handle)
            throw failure
        }
        database = handle
        sqlite3_extended_result_codes(handle, 1)
        guard RowSum.register(on: handle) == SQLITE_OK else {
            throw LogFailure(sqlite: sqlite3_errcode(handle), on: handle, doing: "add row_sum")
        }
        wait(atMost: Self.patience)
    }

    deinit { close() }

    /// How long a statement waits for another process, in milliseconds.
    static let patience: Int32 = 5_000

    /// Lets go of the file.
    func close() {
        guard isOpen else { return }
        isOpen = false
        statements = [:]
        sqlite3_close_v2(database)
    }

    /// From now on, statements wait so many milliseconds for another connection's lock.
    ///
    /// They look again after fractions of a millisecond: another process holds the lock for about as
    /// long. SQLite's own handler soon waits 25 ms and more at a time.
    func wait(atMost milliseconds: Int32) {
        guard milliseconds > 0 else {
            sqlite3_busy_handler(database, nil, nil)
            return
        }
        let most = UnsafeMutableRawPointer(bitPattern: Int(milliseconds))
        sqlite3_busy_handler(database, { Connection.waitOnce(most: $0, tries: $1) }, most)
    }

    /// Waits before the next try, the longer the more there were; 0 where that would be too long.
    private static func waitOnce(most: UnsafeMutableRawPointer?, tries: Int32) -> Int32 {
        // The waits before, in microseconds: a hundred short ones, then long ones.
        let (short, long, turn) = (100, 1_000, 100)
        let tries = Int(tries)
        let waited = min(tries, turn) * short + max(0, tries - turn) * long
        guard waited < Int(bitPattern: most) * 1_000 else { return 0 }
        usleep(UInt32(tries < turn ? short : long))
        return 1
    }

    /// Whether a transaction is open. SQLite ends it by itself on some failures.
    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// Runs statements that return nothing of interest.
    func run(_ sql: String) throws(LogFailure) {
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw LogFailure(sqlite: code, on: database, doing: sql) }
    }

    /// The number that a statement returns; used for pragmas.
    func number(_ sql: String) throws(LogFailure) -> Int64 {
        let statement = try Statement(sql, on: database)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// Calls `body` with each row of a statement outside the hot paths.
    func rows(
        _ sql: String, _ values: [SQLValue] = [], _ body: (Statement) throws(LogFailure) -> Void
    ) throws(LogFailure) {
        let statement = try Statement(sql, on: database)
        try statement.bind(values)
        while try statement.step() { try body(statement) }
    }

    /// Runs a query that returns no rows.
    func run(_ query: Query, _ values: SQLValue...) throws(LogFailure) {
        let statement = try prepared(query)
        defer { statement.reset() }
        try statement.bind(values)
        _ = try statement.step()
    }

    /// What `body` makes of the first row, if there is one.
    func first<Result>(
        _ query: Query, _ values: SQLValue..., body: (Statement) throws(LogFailure) -> Result
    ) throws(LogFailure) -> Result? {
        let statement = try prepared(query)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? try body(statement) : nil
    }

    /// Calls `body` with each row until it returns false.
    func each(
        _ query: Query, _ values: SQLValue..., body: (Statement) throws(LogFailure) -> Bool
    ) throws(LogFailure) {
        let statement = try prepared(query)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {
            guard try body(statement) else { return }
        }
    }

    /// The row that was inserted last.
    var lastRow: Int64 { sqlite3_last_insert_rowid(database) }

    /// Fails unless the last statement has changed exactly one row: one that changes none would
    /// lose an acknowledged entry in silence.
    func expectOneChange() throws(LogFailure) {
        guard sqlite3_changes(database) == 1 else {
            throw LogFailure(
                .corrupt, "a row that was there is gone: restore the log from a backup")
        }
    }

    private func prepared(_ query: Query) throws(LogFailure) -> Statement {
        if let statement = statements[query] { return statement }
        let statement = try Statement(query.sql, on: database)
        statements[query] = statement
        return statement
    }
}

extension Connection {
    /// How thorough a checkpoint is (sqlite.org/c3ref/wal_checkpoint_v2.html).
    enum Checkpoint {
        /// Copies what it can without waiting for anyone.
        case passive
        /// Waits for readers, so that the next commit begins the write-ahead log anew.
        case restart
    }

    /// Copies committed pages into the file. False where another process is at it.
    func checkpoint(_ kind: Checkpoint) throws(LogFailure) -> Bool {
        let mode = kind == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART
        let code = sqlite3_wal_checkpoint_v2(database, nil, mode, nil, nil)
        if code == SQLITE_OK {
            if kind == .restart { pages = 0 }
            return true
        }
        guard code & 0xFF == SQLITE_BUSY else {
            throw LogFailure(sqlite: code, on: database, doing: "checkpoint")
        }
        return false
    }

    /// Keeps ``pages`` from now on, in place of SQLite's own checkpoints after a commit.
    func countPages() {
        // Unretained: the hook goes with the connection that it points to.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                if let context {
                    Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().pages =
                        Int(pages)
                }
                return SQLITE_OK
            }, context)
    }
}

extension Connection {
    /// A number that changes when, and only when, another connection has committed
    /// (sqlite.org/pragma.html#pragma_data_version).
    func dataVersion() throws(LogFailure) -> Int64 {
        try first(.dataVersion) { (row) throws(LogFailure) in row.integer(0) } ?? 0
    }
}
