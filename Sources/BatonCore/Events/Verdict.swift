/// What became of a pushed event (specification section 8).
public enum Verdict: Hashable, Sendable {
    /// It is in the log, durably, at this offset.
    case accepted(Offset)
    /// It was in the log already, at this offset (``Offset/start`` if it is below the horizon).
    case duplicate(Offset)
    /// It is not in the log, and why. A final refusal stands as a void entry at the offset.
    case refused(Refusal, Offset)
}

/// Why an event was refused.
public struct Refusal: Hashable, Sendable {
    /// What went wrong, by a stable name.
    public let code: RefusalCode
    /// What went wrong and how to mend it, for a person.
    public let reason: String
    /// With ``RefusalCode/gap``: the counter that must come next.
    public let expected: Counter?
    /// With ``RefusalCode/streamMoved``: the stream that this one was adopted into.
    public let movedTo: StreamID?

    /// Joins code and reason.
    public init(
        _ code: RefusalCode, _ reason: String, expected: Counter? = nil, movedTo: StreamID? = nil
    ) {
        self.code = code
        self.reason = reason
        self.expected = expected
        self.movedTo = movedTo
    }
}

/// Stable names of refusals; the same in the specification, on the wire, in the SDK and in metrics.
public enum RefusalCode: String, Hashable, Sendable, CaseIterable {
    /// Final: an operation does not fit the schema.
    case schemaViolation = "schema-violation"
    /// Final: the role may not write this field or make this move.
    case notPermitted = "not-permitted"
    /// Not yet: an earlier event of the replica is missing; ``Refusal/expected`` says which.
    case gap = "gap"
    /// Not yet: the context names events that the log lacks.
    case unknownContext = "unknown-context"
    /// Not yet: the timestamp is too far ahead of the server's clock.
    case clockDrift = "clock-drift"
    /// Not yet: the dot is known with other content; go on under a new replica id.
    case replicaCloned = "replica-cloned"
    /// Not yet: the stream has been adopted into another.
    case streamMoved = "stream-moved"
    /// Not yet: a limit was hit; the reason says which, and what is allowed.
    case limitExceeded = "limit-exceeded"
    /// Not yet: an earlier event of the same push was refused so that this one cannot follow.
    case notReached = "not-reached"
    /// No verdict: the reader's token does not cover what stands here. Only in entries that are pulled.
    case withheld = "withheld"

    /// Whether the refusal stands for good, under a void entry in the log.
    public var isFinal: Bool { self == .schemaViolation || self == .notPermitted }
}
