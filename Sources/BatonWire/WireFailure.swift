/// Bytes that are not the message they were to be: what is wrong, and how to mend it.
public struct WireFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; the raw value is the slug of the problem that answers it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Not JSON, or JSON that does not map to the message.
        case malformedJSON = "malformed-json"
        /// Not the protobuf encoding of the message.
        case malformedProtobuf = "malformed-protobuf"
        /// A message that says something an event, value or name cannot be.
        case malformedEvent = "malformed-event"
        /// A name outside its rule.
        case invalidName = "invalid-name"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong and how to mend it.
    public let message: String

    /// Joins code and message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }

    /// The same failure, with the place in front of its message.
    func at(_ place: String) -> WireFailure { WireFailure(code, "\(place): \(message)") }
}
