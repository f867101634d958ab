import BatonLog
import Foundation

/// The folder of a server's log.
enum LogFolder {
    /// Opens the log that a server is to serve, or says which folder is in the way, and how.
    static func open(_ folder: String) async throws -> SQLiteLog {
        // Asked of the system before SQLite, which only says that it cannot open a file.
        if access(folder, W_OK) != 0, errno != ENOENT {
            throw CommandFailure(
                "\(folder) cannot be written (\(String(cString: strerror(errno)))): a server writes "
                    + "its log there; mount it for writing, or give its owner the right to")
        }
        do {
            let log = try SQLiteLog.open(directory: folder)
            try await log.checkNames()
            return log
        } catch {
            throw CommandFailure("the log in \(folder) cannot be opened: \(error)")
        }
    }
}
