package import BatonCore
import BatonWire

/// One row of a store that is put, or taken away where it holds `nil`.
///
/// All changes of one call go into one transaction. Values, so that a simulated disk stores exactly
/// what a real one does.
package enum StoreChange: Sendable {
    /// Where the stream stands.
    case position(StreamID, StoredPosition)
    /// All entities of the stream go.
    case noEntities(StreamID)
    /// An entity of the confirmed state, encoded as a state of its own.
    case entity(StreamID, EntityID, [UInt8]?)
    /// An event of the outbox.
    case pending(StreamID, Dot, StoredPending?)
    /// An event of the inbox of refused ones.
    case refused(StreamID, Dot, StoredRefusal?)
}

/// Where a stream stands, as it is stored.
package struct StoredPosition: Sendable, Hashable {
    /// Under which id the stream is written.
    package let replica: ReplicaID
    /// The counter of the next event.
    package let nextCounter: Counter
    /// Where to pull from.
    package let cursor: String
    /// Where the confirmed state ends.
    package let offset: Offset
    /// The vector of the confirmed state, encoded as a state without entities.
    package let vector: [UInt8]
    /// The clock's last reading.
    package let clock: Timestamp
}

/// An event of the outbox, as it is stored.
package struct StoredPending: Sendable, Hashable {
    /// The event's bytes.
    package let encoded: [UInt8]
    /// What the log has said of it.
    package let fate: PendingEvent.Fate
    /// What its writer had seen of the log, encoded as a state without entities.
    package let saw: [UInt8]?

    /// Joins the parts.
    init(encoded: [UInt8], fate: PendingEvent.Fate, saw: [UInt8]?) {
        self.encoded = encoded
        self.fate = fate
        self.saw = saw
    }

    /// A row of the outbox.
    init(_ pending: PendingEvent) {
        self.init(
            encoded: pending.encoded, fate: pending.fate, saw: pending.saw.map(StoreChange.encoded))
    }

    /// A row of an event that left the outbox and is kept.
    init(_ kept: KeptEvent) {
        self.init(
            encoded: kept.encoded, fate: .kept, saw: kept.saw.map(StoreChange.encoded))
    }
}

/// An event that was refused for good, as it is stored.
package struct StoredRefusal: Sendable, Hashable {
    /// The event's bytes.
    package let encoded: [UInt8]
    /// The refusal's code, as text.
    package let code: String
    /// The refusal's reason.
    package let reason: String
}

extension StoreChange {
    /// A vector, as a state without entities.
    fileprivate static func encoded(_ vector: VersionVector) -> [UInt8] {
        Protobuf.encode(
            StreamState(entities: [:], vector: vector, offset: .start).message)
    }
}

extension StreamReplica {
    /// The rows that ``changes`` make other than they are stored.
    package var storeChanges: [StoreChange] {
        var rows: [StoreChange] = []
        if changes.position { rows.append(.position(stream, position)) }
        if changes.replacedState {
            rows.append(.noEntities(stream))
            for entity in confirmed.entities.keys.sorted() { rows.append(row(of: entity)) }
        } else {
            for entity in changes.entities.sorted() { rows.append(row(of: entity)) }
        }
        // In the order of writing, for that is the order in which they are read again.
        for dot in changes.outbox.sorted() {
            let pending = outboxIndex(of: dot).map { StoredPending(outbox[$0]) }
            let row = pending ?? keptEvent(at: dot).map { StoredPending($0) }
            rows.append(.pending(stream, dot, row))
        }
        for dot in changes.inbox.sorted() {
            let refused = inbox.first { $0.dot == dot }
            rows.append(
                .refused(
                    stream, dot,
                    refused.map {
                        StoredRefusal(
                            encoded: $0.event.encoded, code: $0.refusal.code.rawValue,
                            reason: $0.refusal.reason)
                    }))
        }
        return rows
    }

    private var position: StoredPosition {
        StoredPosition(
            replica: replica, nextCounter: nextCounter, cursor: cursor, offset: confirmed.offset,
            vector: StoreChange.encoded(confirmed.vector), clock: clock.latest)
    }

    /// From the end, for what has just been confirmed is what is stored.
    private func keptEvent(at dot: Dot) -> KeptEvent? { kept.last { $0.dot == dot } }

    private func row(of entity: EntityID) -> StoreChange {
        guard let state = confirmed.entities[entity] else { return .entity(stream, entity, nil) }
        // A state of one entity: it names its own replicas, and so can be read by itself.
        let alone = StreamState(
            entities: [entity: state], vector: VersionVector(), offset: .start)
        return .entity(stream, entity, Protobuf.encode(alone.message))
    }
}
