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
