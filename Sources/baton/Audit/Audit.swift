import ArgumentParser
import BatonLog
import BatonServer
import Foundation
import Logging

/// Writes what operators do into the audit record beside what they do it to.
enum Audit {
    /// What is known of an act only once it is under way.
    final class Notes {
        fileprivate var detail: [String: String] = [:]

        /// Adds to what the line of the act's end says. Never a key, a token or a payload.
        subscript(name: String) -> String? {
            get { detail[name] }
            set { detail[name] = newValue }
        }
    }

    /// Does something to the log in a folder, with a line in the record before and one after. Where the
    /// first cannot be written, nothing is done. Where there is no log yet, the act makes it or fails, and
    /// there is but the second line.
    static func act(
        _ act: String, onLog folder: String, _ detail: [String: String?],
        _ body: (Notes) async throws -> Void
    ) async throws {
        let isThere = { FileManager.default.fileExists(atPath: "\(folder)/\(SQLiteLog.fileName)") }
        try await self.act(act, in: folder, isThere: isThere, detail, body)
    }

    /// The same for what is done with a key file: the record lies in the folder of that.
    static func act(
        _ act: String, withKeys file: String, _ detail: [String: String?],
        _ body: (Notes) async throws -> Void
    ) async throws {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        let isThere = { FileManager.default.fileExists(atPath: folder) }
        try await self.act(
            act, in: folder, isThere: isThere, detail.merging(["keys": file]) { $1 }, body)
    }

    private static func act(
        _ act: String, in folder: String, isThere: () -> Bool, _ detail: [String: String?],
        _ body: (Notes) async throws -> Void
    ) async throws {
        let known = detail.compactMapValues(\.self)
        if isThere() { try add(act, in: folder, known) }
        let notes = Notes()
        var failure: (any Error)?
        do { try await body(notes) } catch { failure = error }
        if isThere() {
            let all = known.merging(notes.detail) { $1 }
            do {
                try add(act, in: folder, all, outcome: failure.map(outcome) ?? "done")
            } catch {
                // The act is over; what it threw itself says more.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Adds one line.
    static func add(
        _ act: String, in folder: String, _ detail: [String: String], outcome: String? = nil
    ) throws {
        try AuditFile(in: folder).add(
            act, outcome: outcome, by: user, detail: detail, now: WallClock.now())
    }

    /// The same for a server, which goes on where its record cannot be written, and says so.
    static func add(
        _ act: String, in folder: String, _ detail: [String: String], outcome: String? = nil,
        orTell logger: Logger
    ) {
        do {
            try add(act, in: folder, detail, outcome: outcome)
        } catch {
            logger.error("the audit record cannot be written", metadata: ["error": "\(error)"])
        }
    }

    /// How an act ended that threw.
    private static func outcome(of error: any Error) -> String {
        (error as? ExitCode).map { "ended with status \($0.rawValue)" } ?? "failed: \(error)"
    }

    /// The user of this process, and who became that user with sudo.
    private static var user: String {
        let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        let before = ProcessInfo.processInfo.environment["SUDO_USER"]
        return before.map { "\(name) (sudo of \($0))" } ?? name
    }
}
