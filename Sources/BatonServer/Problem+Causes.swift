public import BatonCore
public import BatonLog
public import BatonWire

extension Problem {
    /// The problem that answers bytes that are no message.
    public init(_ failure: WireFailure) {
        switch failure.code {
        case .malformedJSON: self.init(.malformedJSON, failure.message)
        case .malformedProtobuf: self.init(.malformedProtobuf, failure.message)
        case .malformedEvent: self.init(.malformedEvent, failure.message)
        case .invalidName: self.init(.invalidName, failure.message)
        }
    }

    /// The problem that answers a name outside its rule.
    public init(_ name: InvalidName) { self.init(.invalidName, name.description) }

    /// The problem that answers a failure of the log.
    public init(_ failure: LogFailure) {
        switch failure.code {
        case .closed:
            self.init(.overloaded, "the server is stopping; try again in a moment")
        case .overloaded:
            self.init(.overloaded, "too many writes are waiting; try again in a moment")
        case .full:
            self.init(
                .storageFull, "the disk is full; nothing was stored, reads go on",
                cause: "\(failure) at \(failure.location)")
        case .idempotencyKeyReused:
            self.init(
                .idempotencyKeyReused,
                "this Idempotency-Key came before with another request; use a new key for a new write"
            )
        case .inputOutput, .corrupt, .newerFormat, .snapshotMissing:
            self.init(
                .storageFailed, "the log failed (\(failure.code.rawValue)); nothing was stored",
                cause: "\(failure) at \(failure.location)")
        }
    }

    /// The problem that answers a push of which nothing went into the log.
    public init(_ refusal: Refusal, members: [String: [UInt8]]) {
        let slug: Slug
        switch refusal.code {
        case .schemaViolation: slug = .schemaViolation
        case .notPermitted, .withheld: slug = .notPermitted
        case .gap: slug = .gap
        case .unknownContext: slug = .unknownContext
        case .clockDrift: slug = .clockDrift
        case .replicaCloned: slug = .replicaCloned
        case .streamMoved: slug = .streamMoved
        case .limitExceeded, .notReached: slug = .limitExceeded
        }
        var members = members
        if let target = refusal.movedTo {
            members["movedTo"] = Value.string(target.description).canonicalBytes
        }
        self.init(slug, refusal.reason, members: members)
    }
}
