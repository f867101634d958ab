public import BatonLog
import Foundation

/// Where a log's ``SchemaRecord`` lies: the file `schemas.json` beside it.
///
/// It is replaced whole (written aside, synced, renamed), so that a reader always finds one record,
/// the one before or the one after. Servers of one log take turns under a lock: of two that start at
/// once with different schemas, the second is held against what the first has put in force.
public enum SchemaRecordFile {
    /// The file's name in the log's directory.
    public static let name = "schemas.json"
    private static let lockName = "schemas.lock"

    /// The record beside the log in `directory`; an empty one where there is none yet.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput``, ``LogFailure/Code/corrupt``,
    ///   ``LogFailure/Code/newerFormat``.
    public static func read(in directory: String) throws(LogFailure) -> SchemaRecord {
        let path = "\(directory)/\(name)"
        guard let file = fopen(path, "r") else {
            if errno == ENOENT { return SchemaRecord() }
            throw failure("\(path) cannot be read")
        }
        fclose(file)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw failure("\(path) cannot be read")
        }
        return try SchemaRecord(json: Array(bytes))
    }

    /// Makes `decide`'s record of the one in `directory` the one to be remembered, durably, before
    /// it returns. Blocks while another process does the same. Where `decide` has findings, nothing
    /// is written.
    ///
    /// - Throws: what ``read(in:)`` throws.
    public static func update(
        in directory: String, _ decide: (SchemaRecord) -> SchemaDecision
    ) throws(LogFailure) -> SchemaDecision {
        let lock = open("\(directory)/\(lockName)", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw failure("\(directory)/\(lockName) cannot be made") }
        // Closing gives the lock back.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("\(directory)/\(lockName) gives no lock") }
        }
        let before = try read(in: directory)
        let decision = decide(before)
        if decision.findings.isEmpty, decision.record != before {
            try write(decision.record, in: directory)
        }
        return decision
    }

    private static func write(
        _ record: SchemaRecord, in directory: String
    ) throws(LogFailure) {
        let path = "\(directory)/\(name)"
        let aside = "\(path).new"
        do {
            try? FileManager.default.removeItem(atPath: aside)
            guard
                FileManager.default.createFile(
                    atPath: aside, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw failure("\(aside) cannot be made") }
            let file = try FileHandle(
                forWritingTo: URL(fileURLWithPath: aside))
            try file.write(contentsOf: Data(record.json))
            try file.synchronize()
            try file.close()
        } catch {
            throw LogFailure(
                .inputOutput, "\(aside) cannot be written: check the room and the rights",
                cause: "\(error)")
        }
        guard rename(aside, path) == 0 else { throw failure("\(path) cannot be replaced") }
        // The new name is durable once the directory is.
        let folder = open(directory, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("\(directory) cannot be opened") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("\(directory) cannot be synced") }
    }

    private static func failure(_ what: String) -> LogFailure {
        LogFailure(
            .inputOutput, "\(what): check the path and its rights",
            cause: String(cString: strerror(errno)))
    }
}
