/// What kept a torture from being carried out, which says nothing about the server.
public struct TortureFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    public enum Code: String, Sendable {
        /// The folder or a file in it cannot be made, read or written.
        case folder
        /// The program cannot be run.
        case program
        /// A device of the torture's own failed in its store.
        case device
        /// This machine or account does not allow what the mode needs.
        case notAllowed = "not-allowed"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong and how it may be remedied.
    public let message: String
    /// What the layer below said, if anything.
    public let cause: String?

    /// Joins the parts.
    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// `code: message (cause)`.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
