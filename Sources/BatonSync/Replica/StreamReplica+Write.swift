package import BatonCore
import BatonWire

extension StreamReplica {
    /// Writes one event on top of the view, in the outbox. Throws where no server would take it;
    /// nothing has changed then.
    ///
    /// `installation` is the id under which the client writes now: the stream goes over to it as
    /// soon as nothing waits under an older one. Only then is it known what became of each event.
    @discardableResult
    package mutating func write(
        _ operations: [FieldOperation], channel: ChannelName, wall: Int64,
        installation: ReplicaID
    ) throws(SyncFailure) -> Event {
        if let reason = objection(to: operations) {
            throw SyncFailure(.invalidWrite, reason, stream: stream)
        }
        goOver(to: installation)
        var reading = clock
        let dot = Dot(replica, nextCounter)
        let event = Event(
            dot: dot,
            context: Context(
                replica: replica, own: Counter(rawValue: nextCounter.rawValue - 1),
                seen: confirmed.offset, beyond: ownUnderOlderIDs),
            timestamp: reading.read(wall: wall), channel: channel,
            operations: operations + view.keeps(for: operations, schemas: schemas))
        if let malformation = event.malformation {
            throw SyncFailure(.invalidWrite, malformation, stream: stream)
        }
        if let crowding = view.crowding(by: event, schemas: schemas) {
            throw SyncFailure(.invalidWrite, crowding.refusal.reason, stream: stream)
        }
        let encoded = event.encoded
        guard encoded.count <= SyncLimits.eventBytes else {
            throw SyncFailure(
                .invalidWrite,
                "the event would take \(encoded.count) bytes; at most \(SyncLimits.eventBytes) "
                    + "are allowed: edit fewer places at a time; of a map entry that is too large "
                    + "by itself, remove it and write it anew in one edit",
                stream: stream)
        }
        let overgrowth = view.overgrowth(
            by: event.operations, bytes: encoded.count, schemas: schemas)
        if let reason = overgrowth {
            throw SyncFailure(.invalidWrite, reason, stream: stream)
        }
        clock = reading
        append(event, encoded: encoded, saw: confirmed.vector)
        return event
    }

    /// Goes over to the id under which the client writes now, unless events wait under another.
    mutating func goOver(to installation: ReplicaID) {
        guard replica != installation, !isWaiting else { return }
        replica = installation
        nextCounter = Counter(rawValue: 1)
    }

    /// Puts an event with the next dot behind what waits; `saw` is what its `seen` means in dots.
    mutating func append(_ event: Event, encoded: [UInt8]? = nil, saw: VersionVector) {
        nextCounter = nextCounter.next
        outbox.append(PendingEvent(event, encoded: encoded ?? event.encoded, saw: saw))
        view.apply(.event(event), schemas: schemas)
        changes.position = true
        changes.outbox.insert(event.dot)
        changes.visible.formUnion(event.entities)
    }

    /// Why no server would take the operations; `nil` if one may.
    private func objection(to operations: [FieldOperation]) -> String? {
        if operations.isEmpty { return "the edit changes nothing; make at least one change" }
        for operation in operations {
            if let reason = schemas.unknownPlace(of: operation) { return reason }
        }
        // Whether the role may do it is the server's to say; an operator may do the most.
        guard let refusal = schemas.refusal(of: operations, by: .operator),
            refusal.code == .schemaViolation
        else { return nil }
        return refusal.reason
    }

    /// Own events under earlier ids that the log has taken and the confirmed state lacks: no offset
    /// names them yet, so a context must.
    var ownUnderOlderIDs: VersionVector {
        var vector = VersionVector()
        for pending in outbox
        where pending.dot.replica != replica && pending.fate != .waiting {
            vector.insert(pending.dot)
        }
        return vector
    }
}
