import BatonLog
import BatonServer
import Foundation

/// The folder of a server's log.
enum LogFolder {
    /// Throws where a server could not write its log, or is not to begin one; a folder that is not there yet
    /// is none of these.
    static func check(_ folder: String) throws {
        // An empty log in its place would be served, and keep the restored one out.
        guard !LogRestore.isBrokenOff(in: folder) else {
            throw CommandFailure(
                "a restore into \(folder) is under way or was broken off, and there is no log yet: "
                    + "run baton restore again where it was, or empty the folder to begin a new log"
            )
        }
        guard access(folder, W_OK) != 0, errno != ENOENT else { return }
        throw CommandFailure(
            "\(folder) cannot be written (\(String(cString: strerror(errno)))): a server writes "
                + "its log there; mount it for writing, or give its owner the right to")
    }

    /// Opens the log that a server is to serve, or says which folder is in the way, and how.
    static func open(_ folder: String, _ limits: ServerLimits) async throws -> SQLiteLog {
        do {
            var options = SQLiteLog.Options()
            options.queuedJobs = limits.logWritesWaiting
            options.queuedBytes = limits.logBytesWaiting
            let log = try SQLiteLog.open(directory: folder, options: options)
            try await log.checkNames()
            return log
        } catch {
            throw CommandFailure("the log in \(folder) cannot be opened: \(error)")
        }
    }

    /// What is wrong with the ends of the streams that were written last. The log is served all the same:
    /// what is damaged is never answered, and other streams are none the worse.
    static func damagedTails(of log: SQLiteLog) async throws -> [String] {
        do {
            return try await log.checkTails()
        } catch {
            throw CommandFailure("the log cannot be read: \(error)")
        }
    }
}
