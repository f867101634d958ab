import BatonCore
public import HTTPTypes

/// An answer that is an error: RFC 9457 problem details with a stable slug (specification
/// section 11.3).
public struct Problem: Error, Sendable {
    /// What kinds of problem there are; the raw value ends the problem's `type`.
    public enum Slug: String, Sendable, CaseIterable {
        case invalidName = "invalid-name"
        case invalidParameter = "invalid-parameter"
        case invalidCursor = "invalid-cursor"
        case malformedJSON = "malformed-json"
        case malformedProtobuf = "malformed-protobuf"
        case malformedEvent = "malformed-event"
        case malformedEncoding = "malformed-encoding"
        case unauthenticated = "unauthenticated"
        case forbidden = "forbidden"
        case notPermitted = "not-permitted"
        case notFound = "not-found"
        case methodNotAllowed = "method-not-allowed"
        case streamNotFound = "stream-not-found"
        case entityNotFound = "entity-not-found"
        case handoffNotFound = "handoff-not-found"
        case adoptionNotFound = "adoption-not-found"
        case gap = "gap"
        case unknownContext = "unknown-context"
        case clockDrift = "clock-drift"
        case replicaCloned = "replica-cloned"
        case streamMoved = "stream-moved"
        case idempotencyKeyReused = "idempotency-key-reused"
        case compacted = "compacted"
        case bodyTooLarge = "body-too-large"
        case limitExceeded = "limit-exceeded"
        case unsupportedMediaType = "unsupported-media-type"
        case unsupportedEncoding = "unsupported-encoding"
        case schemaViolation = "schema-violation"
        case unknownPlace = "unknown-place"
        case overloaded = "overloaded"
        case storageFull = "storage-full"
        case storageFailed = "storage-failed"
        case unexpected = "internal"

        /// The HTTP status that goes with it.
        public var status: HTTPResponse.Status {
            switch self {
            case .invalidName, .invalidParameter, .invalidCursor, .malformedJSON,
                .malformedProtobuf, .malformedEvent, .malformedEncoding:
                return .badRequest
            case .unauthenticated: return .unauthorized
            case .forbidden, .notPermitted: return .forbidden
            case .notFound, .streamNotFound, .entityNotFound, .handoffNotFound,
                .adoptionNotFound:
                return .notFound
            case .methodNotAllowed: return .methodNotAllowed
            case .gap, .unknownContext, .clockDrift, .replicaCloned, .streamMoved,
                .idempotencyKeyReused:
                return .conflict
            case .compacted: return .gone
            case .bodyTooLarge: return .contentTooLarge
            case .limitExceeded: return .tooManyRequests
            case .unsupportedMediaType, .unsupportedEncoding: return .unsupportedMediaType
            case .schemaViolation, .unknownPlace: return .unprocessableContent
            case .overloaded: return .serviceUnavailable
            case .storageFull:
                return HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
            case .storageFailed, .unexpected: return .internalServerError
            }
        }

        /// Whether the server failed, and not who called: what an operator has to see.
        var isFailure: Bool {
            switch self {
            case .storageFull, .storageFailed, .unexpected: return true
            default: return false
            }
        }

        /// What it is, in a few words that never change.
        public var title: String {
            rawValue.split(separator: "-").joined(separator: " ")
        }
    }

    /// What kind of problem it is.
    public let slug: Slug
    /// What went wrong here, and what to do.
    public let detail: String
    /// Members besides: what a program needs, as encoded JSON.
    public let members: [String: [UInt8]]
    /// Why the caller's token was not taken: for the log, and never answered.
    let refusal: TokenRefusal?
    /// Seconds after which the same may be taken, where they are known.
    let wait: Int?
    /// What failed below, where the server did: for the log, and never answered.
    let cause: String?

    /// Joins the parts.
    public init(_ slug: Slug, _ detail: String, members: [String: [UInt8]] = [:]) {
        self.init(slug, detail, members: members, refusal: nil)
    }

    init(
        _ slug: Slug, _ detail: String, members: [String: [UInt8]] = [:],
        refusal: TokenRefusal? = nil, wait: Int? = nil, cause: String? = nil
    ) {
        self.slug = slug
        self.detail = detail
        self.members = members
        self.refusal = refusal
        self.wait = wait
        self.cause = cause
    }

    /// The `type` member.
    public var type: String { "urn:baton:problem:\(slug.rawValue)" }

    /// The problem details as JSON.
    public var json: [UInt8] {
        var text = "{\"type\":\(Self.quoted(type)),\"title\":\(Self.quoted(slug.title)),"
        text += "\"status\":\(slug.status.code),\"detail\":\(Self.quoted(detail))"
        var bytes = Array(text.utf8)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            bytes += Array(",\"\(name)\":".utf8) + value
        }
        return bytes + [UInt8(ascii: "}")]
    }

    private static func quoted(_ text: String) -> String {
        Value.string(text).canonicalJSON
    }
}
