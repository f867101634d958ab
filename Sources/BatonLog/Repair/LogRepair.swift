import BatonCore
import Foundation

/// Mends what is damaged in a log's files, as far as something proves what stood there, and leaves the
/// rest as it is.
///
/// What proves a row: the checksum that the damaged row itself still bears (a value from the backup, or
/// worked out from the stream's entries, is put in place of one column, and taken where the sum fits); a
/// sound row of a backup of the same log with that sum; for entries that are missing, that they never
/// change under their offset (L1). An index is made anew from its rows; a latest snapshot is dropped,
/// since the next read folds it anew. What entries prove, in the log or in archives, is for whoever
/// can read them: see ``FileRepair``.
public struct LogRepair: Sendable {
    /// One kind of thing that was done.
    public struct Deed: Hashable, Sendable, CustomStringConvertible {
        /// The file's name.
        public let file: String
        /// What was done.
        public let action: String
        /// To how many rows.
        public let rows: Int

        /// Joins the parts.
        package init(file: String, action: String, rows: Int) {
            self.file = file
            self.action = action
            self.rows = rows
        }

        /// `baton.db: 2 rows of chunk restored from the backup`.
        public var description: String { "\(file): \(rows) \(action)" }
    }

    /// Where the log lies.
    public let directory: String
    /// A backup of it, if there is one.
    public let backup: String?

    /// A repair of the log in `directory`, with the help of `backup`.
    public init(of directory: String, from backup: String? = nil) {
        self.directory = directory
        self.backup = backup
    }

    /// Mends, or with `isRehearsal` only says what it would do. One transaction a file: killed, it has
    /// done all of it or nothing. What it could not mend a check finds again.
    ///
    /// `further` mends what else can be proved of a file, in the same transaction and by the thread
    /// that holds it, and says what it did, and to how many rows.
    ///
    /// - Throws: ``LogFailure/Code/corrupt`` where the backup is damaged or of another log, or a file is
    ///   damaged beyond rows, so that only a restored backup helps.
    package func run(
        isRehearsal: Bool = false,
        further:
            @escaping @Sendable (FileRepair) throws(LogFailure) -> [(action: String, rows: Int)] = {
                _ in []
            }
    ) async throws(LogFailure) -> [Deed] {
        try await Worker.run("baton-repair") { () throws(LogFailure) in
            guard FileCheck(directory: directory).damagedWriteAheadLogs().isEmpty else {
                throw LogFailure(
                    .corrupt,
                    "a write-ahead log is damaged, and opening it drops what comes after the damage: "
                        + "keep a copy of the folder, then restore a backup, or start a server to go "
                        + "on with what is before it")
            }
            let spare = try backup.map { (folder) throws(LogFailure) in
                try Spare(folder, in: directory + "/.repair")
            }
            defer { spare?.remove() }
            var deeds: [Deed] = []
            for path in try SQLiteLog.files(in: directory) {
                let name = URL(fileURLWithPath: path).lastPathComponent
                let connection = try Connection(path: path, access: .write)
                defer { connection.close() }
                try spare?.attach(name, to: connection)
                let mending = Mending(connection, hasSpare: spare != nil)
                try connection.run("BEGIN IMMEDIATE")
                do throws(LogFailure) {
                    for (action, rows) in try mending.run() + further(FileRepair(connection)) {
                        deeds.append(Deed(file: name, action: action, rows: rows))
                    }
                    try connection.run(isRehearsal ? "ROLLBACK" : "COMMIT")
                } catch {
                    try? connection.run("ROLLBACK")
                    throw error
                }
            }
            return deeds
        }
    }
}

/// A copy of a backup, so that the backup itself is not touched.
private final class Spare {
    private let folder: String
    private let manifest: BackupManifest

    init(_ backup: String, in folder: String) throws(LogFailure) {
        self.folder = folder
        manifest = try BackupManifest.read(in: backup)
        try manifest.check(in: backup)
        try DurableFiles.makeFresh(folder)
        for file in manifest.files {
            try DurableFiles.copy(backup + "/" + file.name, to: folder + "/" + file.name)
        }
    }

    /// Makes the file of that name known to the connection as `spare`.
    func attach(_ name: String, to connection: Connection) throws(LogFailure) {
        guard try connection.facts().identity.epoch == manifest.epoch,
            manifest.files.contains(where: { $0.name == name })
        else {
            throw LogFailure(
                .corrupt, "the backup is of another log (\(manifest.epoch)): take one of this log")
        }
        let path = (folder + "/" + name).replacing("'", with: "''")
        try connection.run("ATTACH '\(path)' AS spare")
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
