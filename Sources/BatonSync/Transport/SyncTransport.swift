/// What carries a client's requests to a server: HTTP, or a simulated network in tests.
///
/// A transport knows nothing of the protocol; tokens, retries and meaning are the client's.
public protocol SyncTransport: Sendable {
    /// Sends one request and returns the whole answer, whatever its status.
    ///
    /// Cancellation: may give up waiting; the server may still have acted.
    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply

    /// Opens a connection that goes on delivering, and returns as soon as its answer has begun.
    ///
    /// Ending the returned body's iteration closes the connection.
    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply
}

/// One request.
public struct SyncCall: Sendable, Hashable {
    /// The HTTP method.
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    /// The HTTP method.
    public let method: Method
    /// Path and query, percent-encoded: `/v1/sync`.
    public let path: String
    /// Header fields; names in lower case.
    public var headers: [String: String]
    /// The body; empty for none.
    public let body: [UInt8]
    /// How long it may take until the answer begins.
    public let timeout: Duration

    /// Joins the parts.
    public init(
        _ method: Method, _ path: String, headers: [String: String] = [:], body: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// One answer.
public struct SyncReply: Sendable, Hashable {
    /// The HTTP status.
    public let status: Int
    /// Header fields; names in lower case.
    public let headers: [String: String]
    /// The body, with its content coding undone.
    public let body: [UInt8]

    /// Joins the parts.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// An answer whose body goes on.
public struct LiveReply: Sendable {
    /// The HTTP status.
    public let status: Int
    /// Header fields; names in lower case.
    public let headers: [String: String]
    /// The body as it comes, in pieces of any size.
    public let body: AsyncThrowingStream<[UInt8], any Error>

    /// Joins the parts.
    public init(
        status: Int, headers: [String: String] = [:],
        body: AsyncThrowingStream<[UInt8], any Error>
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// No answer came, or not a whole one.
public struct TransportFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Sendable, Hashable {
        /// No connection could be made, or it broke. Whether the server acted is not known.
        case unreachable
        /// No answer in time. Whether the server acted is not known.
        case timedOut = "timed-out"
        /// The certificate or the TLS exchange is not to be trusted.
        case untrusted
        /// The answer is larger than a client will take.
        case tooLarge = "too-large"
        /// The caller was cancelled.
        case cancelled
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong, for a log.
    public let message: String

    /// Joins code and message.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }
}
