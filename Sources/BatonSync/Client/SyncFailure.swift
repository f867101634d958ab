public import BatonCore

/// What kept the SDK from doing what was asked: what went wrong and how it may be remedied.
///
/// A refused event is no failure but an expected outcome: it stands in the inbox of refused events
/// (``SyncClient/refusals()``).
public struct SyncFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    public enum Code: String, Sendable, CaseIterable {
        /// A write that no server would take: it is malformed, too large, or breaks the schema.
        case invalidWrite = "invalid-write"
        /// A name breaks its rule.
        case invalidName = "invalid-name"
        /// The address of the server, or an option, makes no sense.
        case invalidOptions = "invalid-options"
        /// The client was closed.
        case closed = "client-closed"
        /// Another process, or another client in this one, has the store open.
        case storeInUse = "store-in-use"
        /// The store was written by a newer version of the SDK.
        case storeNewer = "store-newer"
        /// The disk is full; what was stored before is safe.
        case storeFull = "store-full"
        /// The store cannot be read or written as it should.
        case storeFailed = "store-failed"
        /// The client was opened without a server.
        case noServer = "no-server"
        /// The server cannot be reached, or did not answer in time. Worth another try later.
        case offline = "offline"
        /// The token provider failed, or the server takes none of its tokens.
        case unauthenticated = "unauthenticated"
        /// The token does not cover the stream.
        case forbidden = "forbidden"
        /// The server has too much to do; ``SyncFailure/retryAfter`` may say when to come again.
        case overloaded = "overloaded"
        /// The server refused the request; ``SyncFailure/problem`` says why.
        case refusedByServer = "refused-by-server"
        /// The server, or something in front of it, answered what the protocol does not know.
        case unexpectedAnswer = "unexpected-answer"
        /// The device's clock cannot be brought in line with the server's.
        case clockDrift = "clock-drift"
        /// The stream was adopted into another one.
        case streamMoved = "stream-moved"
        /// The server's state differs from what its own events make.
        case stateMismatch = "state-mismatch"
        /// The code of a hand-off opens nothing: it was mistyped, was claimed, or has expired.
        case handoffNotFound = "handoff-not-found"
        /// The stream never adopted the other one: there is nothing to undo.
        case adoptionNotFound = "adoption-not-found"
        /// To forget the stream would lose writes that are in no log.
        case wouldLose = "would-lose"
        /// The stream was forgotten on this device; it can be opened anew.
        case streamForgotten = "stream-forgotten"
        /// The exchange with the server did not come to an end within the limit of rounds.
        case notSettled = "not-settled"
    }

    /// What kind of failure it is.
    public let code: Code
    /// What went wrong and how it may be remedied, for a person.
    public let message: String
    /// What the layer below said, if anything, for a log.
    public let cause: String?
    /// The slug of the server's problem answer, if it gave one.
    public let problem: String?
    /// How long the server asks to wait before the next try.
    public let retryAfter: Duration?
    /// The stream that failed, where it was one of them.
    public let stream: StreamID?
    /// Where in the source it was found.
    public let location: String

    /// Joins the parts.
    public init(
        _ code: Code, _ message: String, cause: String? = nil, problem: String? = nil,
        retryAfter: Duration? = nil, stream: StreamID? = nil, file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.problem = problem
        self.retryAfter = retryAfter
        self.stream = stream
        location = "\(file):\(line)"
    }

    /// `code: message (cause)`.
    public var description: String {
        "\(code.rawValue): \(message)" + (cause.map { " (\($0))" } ?? "")
    }

    /// Whether trying again later, with nothing changed, may go well.
    public var isPassing: Bool {
        switch code {
        case .offline, .overloaded, .notSettled, .storeFull, .unexpectedAnswer: return true
        default: return false
        }
    }
}

extension SyncFailure {
    /// Any error as a failure of this module.
    static func wrapping(
        _ error: any Error, as code: Code, _ message: String, file: String = #fileID,
        line: Int = #line
    ) -> SyncFailure {
        if let failure = error as? SyncFailure { return failure }
        return SyncFailure(code, message, cause: String(describing: error), file: file, line: line)
    }
}

extension InvalidName {
    var failure: SyncFailure { SyncFailure(.invalidName, description) }
}
