import BatonCore
import Foundation

/// Holds the files of a log against SQLite's own rules and against each other, also where the log can
/// no longer be opened. Changes nothing, and works beside a live server.
///
/// Found are: a page or index that SQLite finds broken (`PRAGMA integrity_check`), a committed part of
/// the write-ahead log that no longer is what was written, a file of another log, tables that are
/// declared otherwise, a damaged tenant, rows of a stream that does not exist, a stream in the wrong
/// file. What a stream holds is for ``SQLiteLog/findings(of:)``.
///
/// Not covered is what means nothing: free pages and the unused ends of pages, the counters in the
/// file's header that SQLite keeps for itself, keys inside of a table's tree that lead to the same
/// rows, what a row holds in place of its number (SQLite reads none of it), and the numbers of the rows
/// that declare the tables.
public struct FileCheck: Sendable {
    /// Where the log lies.
    public let directory: String

    /// A check of the log in `directory`.
    public init(directory: String) { self.directory = directory }

    /// Findings of one file at most; one damaged page can yield thousands.
    static let limit = 100

    /// Looks at every file. Holds each in a read transaction while SQLite looks at its pages, about a
    /// second for a gigabyte; the write-ahead log grows by what is written meanwhile. `progress` hears
    /// how many files of how many are done.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput`` where there is no log or it cannot be read.
    public func findings(
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(LogFailure) -> [FileFinding] {
        try await Worker.run("baton-check") { () throws(LogFailure) in
            // Before anything opens a file: that begins its write-ahead log anew, and what could not
            // be read of it is gone for good.
            var findings = damagedWriteAheadLogs()
            guard findings.isEmpty else { return findings }
            let paths: [String]
            do throws(LogFailure) {
                paths = try SQLiteLog.files(in: directory)
            } catch {
                guard error.code == .corrupt else { throw error }
                return [FileFinding(SQLiteLog.fileName, error.description, isFatal: true)]
            }
            var first: LogIdentity?
            for (index, path) in paths.enumerated() {
                progress(index, paths.count)
                let name = URL(fileURLWithPath: path).lastPathComponent
                do throws(LogFailure) {
                    findings += try OpenedCheck(
                        Connection(path: path, access: .write), name: name,
                        place: (index, FileSet(directory: directory, count: paths.count))
                    ).findings(first: &first)
                } catch {
                    guard error.code == .corrupt else { throw error }
                    findings.append(FileFinding(name, error.description))
                }
            }
            progress(paths.count, paths.count)
            return findings
        }
    }

    /// What SQLite would take for the end of a write-ahead log, and drop, once it opens the file.
    func damagedWriteAheadLogs() -> [FileFinding] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().compactMap { name in
            guard name.hasPrefix("baton"), name.hasSuffix(".db-wal"),
                let damage = WriteAheadLog.damage(at: directory + "/" + name)
            else { return nil }
            return FileFinding(String(name.dropLast(4)), damage, isFatal: true)
        }
    }
}

/// The check of one file that can be opened.
private struct OpenedCheck {
    private let connection: Connection
    private let name: String
    private let place: (index: Int, set: FileSet)

    init(_ connection: Connection, name: String, place: (Int, FileSet)) {
        self.connection = connection
        self.name = name
        self.place = place
    }

    func findings(first: inout LogIdentity?) throws(LogFailure) -> [FileFinding] {
        defer { connection.close() }
        let (layout, known) = (try connection.number("PRAGMA user_version"), Layout.steps.count)
        let owner = try connection.number("PRAGMA application_id")
        guard layout == known, owner == Layout.applicationID else {
            return [
                FileFinding(
                    name,
                    "it has layout \(layout) of program \(owner), and this version looks at layout "
                        + "\(known): a server's start brings an older one up to date", isFatal: true
                )
            ]
        }
        // A table with other columns answers no question below.
        var findings = try otherTables()
        guard findings.isEmpty else { return findings }
        findings += try identity(first: &first)
        try connection.rows("PRAGMA integrity_check(\(FileCheck.limit))") { row in
            if row.text(0) != "ok" { findings.append(FileFinding(name, row.text(0))) }
        }
        findings += try damagedTenants()
        findings += try misplacedStreams()
        for table in ["replica", "chunk", "void", "snapshot", "idempotency"] {
            findings += try strays(in: table)
        }
        return findings
    }

    private func identity(first: inout LogIdentity?) throws(LogFailure) -> [FileFinding] {
        let facts: FileFacts
        do throws(LogFailure) {
            facts = try connection.facts()
        } catch {
            guard error.code == .corrupt else { throw error }
            return [FileFinding(name, error.description)]
        }
        let expected = first ?? facts.identity
        first = expected
        guard facts.identity == expected, facts.file == place.index,
            facts.files == place.set.count,
            try connection.number(
                "SELECT count(*) FROM meta WHERE key = 'complete' AND value <> 'yes'") == 0
        else {
            return [
                FileFinding(name, "it says that it is of another log, or another one of its files")
            ]
        }
        return []
    }

    /// Tables and indexes that are not declared as the layout declares them, to the letter.
    private func otherTables() throws(LogFailure) -> [FileFinding] {
        func declared(_ connection: Connection) throws(LogFailure) -> [String: String] {
            var found: [String: String] = [:]
            // Quoted, since a name that has become a blob reads like the text that it was.
            try connection.rows(
                "SELECT quote(name), quote(type), quote(tbl_name), quote(sql) FROM sqlite_master"
            ) { row in
                found[row.text(0)] = "\(row.text(1)) \(row.text(2)): \(row.text(3))"
            }
            return found
        }
        let model = try Connection(path: ":memory:", access: .create)
        defer { model.close() }
        for step in Layout.steps { try model.run(step) }
        let (expected, found) = (try declared(model), try declared(connection))
        return Set(expected.keys).union(found.keys).sorted().filter { expected[$0] != found[$0] }
            .map { FileFinding(name, "\($0) is not declared as its layout declares it") }
    }

    private func damagedTenants() throws(LogFailure) -> [FileFinding] {
        var findings: [FileFinding] = []
        let isSound = Layout.isSound("tenant")
        try connection.rows("SELECT name, \(isSound) FROM tenant") { row in
            let tenant = row.text(0)
            guard row.integer(1) == 1, (try? TenantID(tenant)) != nil else {
                findings.append(
                    FileFinding(name, tenant: tenant, "the row of a tenant is damaged"))
                return
            }
        }
        return findings
    }

    private func misplacedStreams() throws(LogFailure) -> [FileFinding] {
        var findings: [FileFinding] = []
        try connection.rows(
            """
            SELECT t.name, s.name FROM stream s LEFT JOIN tenant t ON t.id = s.tenant
            """
        ) { row in
            let (tenant, stream) = (row.text(0), row.text(1))
            func report(_ reason: String) {
                guard findings.count < FileCheck.limit else { return }
                findings.append(FileFinding(name, tenant: tenant, stream: stream, reason))
            }
            guard let tenant = try? TenantID(tenant), let stream = try? StreamID(stream) else {
                return report("the stream has no tenant, or no proper name")
            }
            let index = place.set.index(of: StreamKey(tenant: tenant, stream: stream))
            if index != place.index { report("the stream belongs into file \(index)") }
        }
        return findings
    }

    private func strays(in table: String) throws(LogFailure) -> [FileFinding] {
        let count = try connection.number(
            """
            SELECT count(*) FROM
                (SELECT tenant, stream FROM \(table) EXCEPT SELECT tenant, id FROM stream)
            """)
        guard count > 0 else { return [] }
        return [
            FileFinding(name, "the table \(table) has rows of \(count) streams that are not there")
        ]
    }
}

extension Layout {
    /// SQL that is 1 where the row of a table, known as `alias` there, is what its sum is over.
    static func isSound(_ table: String, as alias: String? = nil) -> String {
        let alias = alias ?? table
        let columns = sums.first { $0.table == table }?.columns ?? []
        return "\(alias).sum IS row_sum("
            + columns.map { "\(alias).\($0)" }.joined(separator: ", ") + ")"
    }
}
