package import BatonLog

/// A failure to write or read an archive: what went wrong and how it may be remedied.
package struct ArchiveFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    package enum Code: String, Sendable, CaseIterable {
        /// A file cannot be read or written.
        case inputOutput = "archive-io"
        /// The disk is full.
        case full = "archive-full"
        /// What was read cannot be what was written.
        case damaged = "archive-damaged"
        /// It was written by a newer version.
        case newerFormat = "archive-newer-format"
        /// It does not belong to the log at hand.
        case foreign = "archive-foreign"
        /// Another process writes to it.
        case busy = "archive-busy"
        /// The folder is no archive.
        case missing = "archive-missing"
        /// The log failed.
        case log = "log-failed"
    }

    /// What kind of failure it is.
    package let code: Code
    /// What went wrong and how it may be remedied.
    package let message: String
    /// What the layer below said, if anything.
    package let cause: String?
    /// Where in the source it was found.
    package let location: String

    /// Joins the parts.
    package init(
        _ code: Code, _ message: String, cause: String? = nil, file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        location = "\(file):\(line)"
    }

    /// A failure of the log from or to which entries were to go.
    package init(_ failure: LogFailure) {
        self.init(.log, failure.message, cause: failure.code.rawValue)
    }

    /// `code: message (cause)`.
    package var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}

extension ArchiveFailure {
    /// Asks the log, its failure becoming one of the archive.
    static func asking<Answer: Sendable>(
        _ question: () async throws(LogFailure) -> Answer
    ) async throws(ArchiveFailure) -> Answer {
        do {
            return try await question()
        } catch {
            throw ArchiveFailure(error)
        }
    }
}
