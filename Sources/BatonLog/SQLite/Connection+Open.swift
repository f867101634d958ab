import BatonCore

/// What a file says of the log that it is of.
struct FileFacts {
    let identity: LogIdentity
    /// Which file it is.
    let file: Int
    /// How many there are to be.
    let files: Int
    /// Whether all were made; said in the first one.
    let isComplete: Bool
}

extension Connection {
    /// What a file is to be that does not exist yet.
    enum NewFile {
        /// The first one; alone where none of the others is there.
        case first(files: Int, isAlone: Bool)
        case other(Int, of: FileFacts)
    }

    /// Opens a file of the log for writing, makes it where there is none, and brings an older one to
    /// the layout of today. Several processes may do so at once.
    static func openLog(at path: String, new: NewFile) throws(LogFailure) -> Connection {
        let connection = try Connection(path: path, access: .create)
        try connection.refuseForeign()
        // Before there is a table: later it would take writing the file anew.
        try connection.run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        try connection.configure()
        try connection.run("BEGIN IMMEDIATE")
        let isOlder: Bool
        do throws(LogFailure) {
            // Again, under the lock: another process may have been faster.
            try connection.refuseForeign()
            isOlder = try connection.migrate(new)
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw error
        }
        if isOlder {
            // Its pages were not laid out so that they can be given back. Once, then never again.
            try connection.run("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        }
        return connection
    }

    /// Settings that a connection for writing has and the file does not remember.
    func configure() throws(LogFailure) {
        // FULL: a commit is on the disk before it returns (L5). Checkpoints are the business of
        // a thread of their own, so that no commit waits for one. FAST: pages that compaction frees
        // are given back to the disk, and not written anew with zeros before, as some builds of
        // SQLite do, which makes a live server's commits wait.
        try run(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; "
                + "PRAGMA secure_delete = FAST; "
                + "PRAGMA journal_size_limit = \(64 << 20)")
    }

    /// What the file says of its log.
    func facts() throws(LogFailure) -> FileFacts {
        var facts: [String: String] = [:]
        try rows("SELECT key, value FROM meta") { facts[$0.text(0)] = $0.text(1) }
        guard let epoch = facts["epoch"], let replica = facts["replica"].flatMap({ ReplicaID($0) }),
            let file = facts["file"].flatMap({ Int($0) }),
            let files = facts["files"].flatMap({ Int($0) }), (1...64).contains(files),
            (0..<files).contains(file), try facts["sum"] == "\(number(Layout.metaSum))"
        else {
            throw LogFailure(
                .corrupt, "the log's file has lost its identity: restore it from a backup")
        }
        return FileFacts(
            identity: LogIdentity(epoch: epoch, replica: replica), file: file, files: files,
            isComplete: facts["complete"] != nil)
    }

    /// Notes in the first file that all others were made.
    func noteComplete() throws(LogFailure) {
        try run("INSERT OR IGNORE INTO meta VALUES ('complete', 'yes')")
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
        guard isFresh || version > 0 else {
            throw LogFailure(
                .corrupt,
                "baton.db says that it has layout \(version), which there never was: restore it "
                    + "from a backup")
        }
        guard version <= Int64(Layout.steps.count) else {
            throw LogFailure(
                .newerFormat,
                "the log has layout \(version) and this version knows \(Layout.steps.count): "
                    + "install the newer version again, or restore a backup of its time")
        }
    }

    /// Takes the steps that the file lacks; whether it was of an older layout.
    private func migrate(_ new: NewFile) throws(LogFailure) -> Bool {
        let version = Int(try number("PRAGMA user_version"))
        guard version < Layout.steps.count else { return false }
        for step in Layout.steps[version...] { try run(step) }
        try run(
            "PRAGMA application_id = \(Layout.applicationID); "
                + "PRAGMA user_version = \(Layout.steps.count)")
        guard version == 0 else { return true }
        let facts: FileFacts
        switch new {
        case .first(let files, let isAlone):
            guard isAlone else {
                throw LogFailure(
                    .corrupt,
                    "baton.db is missing beside baton-1.db: restore from a backup")
            }
            facts = FileFacts(identity: .random(), file: 0, files: files, isComplete: files == 1)
        case .other(let index, let first):
            facts = FileFacts(
                identity: first.identity, file: index, files: first.files, isComplete: false)
        }
        try note(facts)
        return false
    }

    /// Says of the file what it is of, in place of what was said before.
    func note(_ facts: FileFacts) throws(LogFailure) {
        // All are digits, so that they need no quoting.
        try run(
            """
            DELETE FROM meta;
            INSERT INTO meta VALUES ('epoch', '\(facts.identity.epoch)'),
                ('replica', '\(facts.identity.replica)'), ('file', '\(facts.file)'),
                ('files', '\(facts.files)');
            INSERT INTO meta VALUES ('sum', (\(Layout.metaSum)));
            """)
        if facts.isComplete { try noteComplete() }
    }
}
