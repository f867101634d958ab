import CSQLite

extension LogFailure {
    /// What SQLite's result `code` means for the log (sqlite.org/rescode.html).
    init(
        sqlite code: Int32, on database: OpaquePointer?, doing action: String,
        file: String = #fileID, line: Int = #line
    ) {
        let said = database.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
        let cause = "SQLite \(code): \(said); \(action)"
        switch code & 0xFF {
        case SQLITE_FULL:
            self.init(
                .full, "the disk is full: make room, reads go on", cause: cause, file: file,
                line: line)
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CONSTRAINT, SQLITE_MISMATCH:
            self.init(
                .corrupt, "the log's file is damaged: restore it from a backup", cause: cause,
                file: file, line: line)
        // Of statements that never change, on tables that are as their layout declares them, none is
        // refused.
        case SQLITE_ERROR:
            self.init(
                .corrupt, "the log's tables are damaged: restore the file from a backup",
                cause: cause, file: file, line: line)
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                .overloaded, "another process holds the log's file: try again after a moment",
                cause: cause, file: file, line: line)
        default:
            self.init(
                .inputOutput,
                "the log's file cannot be read or written: check that the directory exists, that "
                    + "its rights allow it, and that the disk is sound",
                cause: cause, file: file, line: line)
        }
    }
}
