/// A failure of the world below the log: what went wrong and how it may be remedied.
public struct LogFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    public enum Code: String, Sendable, CaseIterable {
        /// The engine was closed.
        case closed = "log-closed"
        /// The queue of appends is full: try again after a moment.
        case overloaded = "log-overloaded"
        /// The disk is full: make room; reads go on.
        case full = "log-full"
        /// The files cannot be read or written as they should.
        case inputOutput = "log-io"
        /// What was read cannot be what was written.
        case corrupt = "log-corrupt"
        /// The files were written by a newer version.
        case newerFormat = "log-newer-format"
        /// Compaction was asked for beyond the stored snapshot.
        case snapshotMissing = "snapshot-missing"
        /// An idempotency key came again with another request.
        case idempotencyKeyReused = "idempotency-key-reused"
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
