import BatonLog
import Foundation

/// A small file beside a log that several processes read and change.
///
/// It is replaced whole (written aside, synced, renamed), so that a reader always finds one content,
/// the one before or the one after. Those who change it take turns under a lock.
struct SharedFile {
    let directory: String
    let name: String
    let lockName: String

    var path: String { "\(directory)/\(name)" }

    /// What it holds; `nil` where there is none yet.
    func read() throws(LogFailure) -> [UInt8]? {
        guard let file = fopen(path, "r") else {
            if errno == ENOENT { return nil }
            throw Self.failure("\(path) cannot be read")
        }
        fclose(file)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Self.failure("\(path) cannot be read")
        }
        return Array(bytes)
    }

    /// Runs `body` while no other process runs one for this file. Blocks until then.
    func locked<Result>(_ body: () throws(LogFailure) -> Result) throws(LogFailure) -> Result {
        let lock = open("\(directory)/\(lockName)", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure("\(directory)/\(lockName) cannot be made") }
        defer {
            // Said, not left to closing: a process that is just being started may hold a copy for a moment.
            flock(lock, LOCK_UN)
            close(lock)
        }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw Self.failure("\(directory)/\(lockName) gives no lock")
            }
        }
        return try body()
    }

    /// Replaces what it holds; durable when it returns. Under the lock only.
    func write(_ bytes: [UInt8]) throws(LogFailure) {
        let aside = "\(path).new"
        do {
            try? FileManager.default.removeItem(atPath: aside)
            guard
                FileManager.default.createFile(
                    atPath: aside, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw Self.failure("\(aside) cannot be made") }
            let file = try FileHandle(
                forWritingTo: URL(fileURLWithPath: aside))
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
            try file.close()
        } catch {
            throw LogFailure(
                .inputOutput, "\(aside) cannot be written: check the room and the rights",
                cause: "\(error)")
        }
        guard rename(aside, path) == 0 else { throw Self.failure("\(path) cannot be replaced") }
        // The new name is durable once the directory is.
        let folder = open(directory, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure("\(directory) cannot be opened") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure("\(directory) cannot be synced") }
    }

    private static func failure(_ what: String) -> LogFailure {
        LogFailure(
            .inputOutput, "\(what): check the path and its rights",
            cause: String(cString: strerror(errno)))
    }
}
