/// A failure to read or replay a data set: what went wrong and how it may be remedied.
public struct ReplayFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    public enum Code: String, Sendable, CaseIterable {
        /// There is nothing at the path.
        case pathNotFound = "path-not-found"
        /// A file or folder is there and cannot be read.
        case unreadable = "path-unreadable"
        /// No file at the path holds a data set that is known.
        case notRecognised = "data-set-not-recognised"
        /// The folder holds files of several data sets.
        case severalDataSets = "several-data-sets"
        /// A row is garbled, and reading was told to stop at the first one.
        case badRow = "bad-row"
        /// There are more rows than may be held in memory.
        case tooManyRows = "too-many-rows"
        /// The server has not answered for a long time.
        case serverUnreachable = "server-unreachable"
        /// The server does not take the token, or the token does not cover the streams.
        case accessDenied = "access-denied"
        /// The server's log has events of a person who is to be replayed.
        case streamTaken = "stream-not-empty"
        /// The server answered what the protocol does not know.
        case unexpectedAnswer = "unexpected-answer"
        /// A device's store cannot be made, opened or written.
        case storeFailed = "store-failed"
        /// A device can sync no more, for a reason that waiting does not mend.
        case syncFailed = "sync-failed"
        /// The replay was stopped.
        case cancelled = "cancelled"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong and how it may be remedied.
    public let message: String
    /// What the layer below said, if anything.
    public let cause: String?
    /// Where in the source it was found.
    public let location: String

    /// Joins the parts.
    public init(
        _ code: Code, _ message: String, cause: String? = nil, file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        location = "\(file):\(line)"
    }

    /// `code: message (cause)`.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
