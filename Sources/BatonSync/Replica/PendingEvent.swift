package import BatonCore

/// One of this client's own events, from its writing until the log has answered for it and the
/// confirmed state covers it.
package struct PendingEvent: Sendable, Hashable {
    /// What the log has said of it.
    package enum Fate: Int64, Sendable {
        /// Nothing yet; or its answer was lost.
        case waiting = 0
        /// It is in the log, but was not pulled from there yet.
        case accepted = 1
        /// It was refused for good; its void entry was not pulled yet.
        case refused = 2
        /// It is in the log and confirmed: a ``KeptEvent``, which stands in the outbox no more.
        case kept = 3
    }

    /// The event itself.
    package let event: Event
    /// The event's bytes, encoded once: the log tells a retry from a clone by them.
    package let encoded: [UInt8]
    /// What the log has said of it.
    package var fate: Fate
    /// What its writer had seen of the log: `seen` of its context, in dots, which mean the same in
    /// every log. `nil` where an earlier version of the store did not note it.
    package let saw: VersionVector?

    /// One that no log has answered for, unless said otherwise.
    package init(
        _ event: Event, encoded: [UInt8], saw: VersionVector?, fate: Fate = .waiting
    ) {
        self.event = event
        self.encoded = encoded
        self.saw = saw
        self.fate = fate
    }

    /// The event's identity.
    package var dot: Dot { event.dot }

    /// Whether its writer had seen the event of this dot, another one of the same device.
    func hasSeen(_ other: Dot) -> Bool {
        if other.replica == dot.replica { return other.counter <= event.context.own }
        return event.context.beyond.covers(other) || saw?.covers(other) ?? true
    }

    /// How many of `others`, which are written anew before it, its writer had seen: from the first on,
    /// since a context can say no more.
    func countOfSeen(among others: some Sequence<PendingEvent>) -> Counter {
        var count: UInt64 = 0
        for other in others {
            guard hasSeen(other.dot) else { break }
            count += 1
        }
        return Counter(rawValue: count)
    }

    /// Whether it waits, and the log that made `state` does not hold it. What stands there under the
    /// id `cloned` is another writer's.
    func isLacking(in state: StreamState, cloned: ReplicaID?) -> Bool {
        fate == .waiting && (dot.replica == cloned || !state.vector.covers(dot))
    }

    /// What the event is to the state.
    var entry: Entry {
        fate == .refused
            ? .void(dot, Refusal(.schemaViolation, "refused")) : .event(event)
    }
}

extension Event {
    /// The entities that the event touches.
    package var entities: Set<EntityID> { Set(operations.map(\.entity)) }

    /// The operations that the writer asked for, without the keeps that were added.
    package var askedOperations: [FieldOperation] {
        operations.filter { operation in
            if case .keep = operation.action { return false }
            return true
        }
    }
}
