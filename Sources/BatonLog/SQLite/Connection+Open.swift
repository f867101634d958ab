import BatonCore

extension Connection {
    /// Opens the log's file for writing, makes it where there is none, and brings an older one to
    /// the layout of today. Several processes may do so at once.
    static func openLog(at path: String) throws(LogFailure) -> Connection {
        let connection = try Connection(path: path, access: .create)
        try connection.refuseForeign()
        try connection.run("PRAGMA journal_mode = WAL")
        try connection.configure()
        try connection.run("BEGIN IMMEDIATE")
        do throws(LogFailure) {
            // Again, under the lock: another process may have been faster.
            try connection.refuseForeign()
            try connection.migrate()
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw error
        }
        return connection
    }

    /// Settings that a connection for writing has and the file does not remember.
    func configure() throws(LogFailure) {
        // FULL: a commit is on the disk before it returns (L5). Checkpoints are the business of
        // a thread of their own, so that no commit waits for one.
        try run(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; "
                + "PRAGMA journal_size_limit = \(64 << 20)")
    }

    /// What was drawn when the log was made.
    func identity() throws(LogFailure) -> LogIdentity {
        var facts: [String: String] = [:]
        try rows("SELECT key, value FROM meta") { facts[$0.text(0)] = $0.text(1) }
        guard let epoch = facts["epoch"], let replica = facts["replica"].flatMap({ ReplicaID($0) })
        else {
            throw LogFailure(
                .corrupt, "the log's file has lost its identity: restore it from a backup")
        }
        return LogIdentity(epoch: epoch, replica: replica)
    }

    private func refuseForeign() throws(LogFailure) {
        let application = try number("PRAGMA application_id")
        let version = try number("PRAGMA user_version")
        let tables = try number("SELECT count(*) FROM sqlite_master")
        let isFresh = application == 0 && version == 0 && tables == 0
        guard isFresh || application == Int64(Layout.applicationID) else {
            throw LogFailure(
                .corrupt,
                "baton.db is another program's database: choose an empty directory")
        }
        guard version <= Int64(Layout.steps.count) else {
            throw LogFailure(
                .newerFormat,
                "the log has layout \(version) and this version knows \(Layout.steps.count): "
                    + "install the newer version again, or restore a backup of its time")
        }
    }

    private func migrate() throws(LogFailure) {
        let version = Int(try number("PRAGMA user_version"))
        guard version < Layout.steps.count else { return }
        for step in Layout.steps[version...] { try run(step) }
        try run(
            "PRAGMA application_id = \(Layout.applicationID); "
                + "PRAGMA user_version = \(Layout.steps.count)")
        guard version == 0 else { return }
        // Both are hexadecimal digits, so that they need no quoting.
        let identity = LogIdentity.random()
        try run(
            "INSERT INTO meta VALUES ('epoch', '\(identity.epoch)'), "
                + "('replica', '\(identity.replica)')")
    }
}
