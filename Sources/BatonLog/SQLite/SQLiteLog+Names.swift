import BatonCore

extension SQLiteLog {
    /// Checks that tenants, streams and replicas are found under their names: that their tables and
    /// indexes say the same (sqlite.org/pragma.html#pragma_integrity_check). For a server's start.
    ///
    /// A chunk that is damaged is noticed when it is read. A name that an index has lost would not
    /// be: its stream would seem to be new, and begin again at offset 1. O(streams + replicas).
    ///
    /// - Throws: ``LogFailure/Code/corrupt``; ``LogFailure/Code/inputOutput``.
    public func checkNames() async throws(LogFailure) {
        for file in files {
            try await file.read { (connection) throws(LogFailure) in
                for table in ["tenant", "stream", "replica"] {
                    try connection.rows("PRAGMA integrity_check(\(table))") {
                        (row) throws(LogFailure) in
                        let found = row.text(0)
                        guard found != "ok" else { return }
                        throw LogFailure(
                            .corrupt,
                            "the names in the log are damaged: restore it from a backup",
                            cause: "\(table): \(found)")
                    }
                }
            }
        }
    }
}
