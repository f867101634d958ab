import CSQLite
import Foundation

/// One database file at one moment, to be copied page by page while others write to it.
final class HeldDatabase {
    private let path: String
    private let database: OpaquePointer

    /// Opens the file at `path` for reading.
    init(path: String) throws(LogFailure) {
        self.path = path
        database = try Self.open(path, SQLITE_OPEN_READONLY)
    }

    deinit { sqlite3_close_v2(database) }

    /// Holds on to what the file says now: a read transaction, which ends with this object. What is
    /// written meanwhile stays in the write-ahead log.
    func hold() throws(LogFailure) {
        try Self.run("BEGIN; SELECT count(*) FROM sqlite_master", on: database)
    }

    /// Pages that are held.
    func pages() throws(LogFailure) -> Int { try Self.number("PRAGMA page_count", on: database) }

    /// Bytes of a page.
    func pageSize() throws(LogFailure) -> Int { try Self.number("PRAGMA page_size", on: database) }

    /// A fact of the table `meta`.
    func fact(_ key: String) throws(LogFailure) -> String? {
        try Self.text("SELECT value FROM meta WHERE key = '\(key)'", on: database)
    }

    /// Copies what is held into a new file at `target`, so many pages at a time; `pause` is called
    /// after each with how many are done.
    func copy(
        to target: String, pagesAtOnce: Int32, pause: (Int) -> Void
    ) throws(LogFailure) {
        let copy = try Self.open(target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        defer { sqlite3_close_v2(copy) }
        // Synced once, at the end: a copy that is not finished is thrown away.
        try Self.run("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF", on: copy)
        guard let backup = sqlite3_backup_init(copy, "main", database, "main") else {
            throw LogFailure(
                sqlite: sqlite3_errcode(copy), on: copy, doing: "begin to copy \(path)")
        }
        var code: Int32
        repeat {
            code = sqlite3_backup_step(backup, pagesAtOnce)
            pause(
                Int(sqlite3_backup_pagecount(backup)) - Int(sqlite3_backup_remaining(backup)))
        } while code == SQLITE_OK
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else {
            throw LogFailure(sqlite: code, on: copy, doing: "copy \(path)")
        }
    }

    /// Lets go of what was held.
    func release() throws(LogFailure) { try Self.run("ROLLBACK", on: database) }

    /// A number that changes whenever another connection commits.
    func version() throws(LogFailure) -> Int {
        try Self.number("PRAGMA data_version", on: database)
    }

    /// Holds the files at `paths`, all of them at one moment, without keeping anybody from writing:
    /// where somebody wrote to one of them while they were taken one after another, they are taken
    /// anew.
    ///
    /// - Throws: ``LogFailure/Code/overloaded`` where that never comes about.
    static func all(_ paths: [String]) throws(LogFailure) -> [HeldDatabase] {
        var held: [HeldDatabase] = []
        var probes: [HeldDatabase] = []
        for path in paths {
            held.append(try HeldDatabase(path: path))
            probes.append(try HeldDatabase(path: path))
        }
        for _ in 0..<tries {
            let before = try versions(probes)
            for database in held { try database.hold() }
            // One file is of one moment by itself.
            if held.count == 1 { return held }
            if try versions(probes) == before { return held }
            for database in held { try database.release() }
        }
        throw LogFailure(
            .overloaded, "the log is written to without a pause: try again when there is less to do"
        )
    }

    /// How often all files are taken before it is given up. Each try takes a fraction of the time
    /// between two commits.
    private static let tries = 10_000

    private static func versions(_ probes: [HeldDatabase]) throws(LogFailure) -> [Int] {
        var versions: [Int] = []
        for probe in probes { versions.append(try probe.version()) }
        return versions
    }

    /// Runs statements on the file at `path`, which nobody else has open.
    static func change(_ path: String, _ sql: String) throws(LogFailure) {
        let database = try open(path, SQLITE_OPEN_READWRITE)
        defer { sqlite3_close_v2(database) }
        guard RowSum.register(on: database) == SQLITE_OK else {
            throw LogFailure(sqlite: SQLITE_NOMEM, on: database, doing: "register row_sum")
        }
        try run(sql, on: database)
    }

    private static func open(_ path: String, _ flags: Int32) throws(LogFailure) -> OpaquePointer {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let failure = LogFailure(sqlite: code, on: handle, doing: "open \(path)")
            sqlite3_close_v2(handle)
            throw failure
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Connection.patience)
        return handle
    }

    private static func run(_ sql: String, on database: OpaquePointer) throws(LogFailure) {
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw LogFailure(sqlite: code, on: database, doing: sql) }
    }

    private static func number(_ sql: String, on database: OpaquePointer) throws(LogFailure) -> Int
    {
        let statement = try Statement(sql, on: database)
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    private static func text(_ sql: String, on database: OpaquePointer) throws(LogFailure)
        -> String?
    {
        let statement = try Statement(sql, on: database)
        return try statement.step() ? statement.text(0) : nil
    }
}
