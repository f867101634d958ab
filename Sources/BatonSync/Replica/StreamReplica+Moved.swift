import BatonCore
import BatonWire

extension StreamReplica {
    /// Takes over what waits in `source`, which was adopted into this stream: each event is written
    /// anew on top of what is here, and gone from there. Returns how many; `nil`, with nothing
    /// changed, where this stream does not hold yet what the adoption brought, or where events of
    /// its own wait (specification section 10.5).
    ///
    /// Such an event had seen nothing of this stream, not even what this device wrote to it. So where
    /// it wrote any, it goes on under `newID`. The event takes away what the adoption brought only
    /// where its writer had seen all that was adopted: nobody's unseen increment may go with it.
    package mutating func takeOver(
        from source: inout StreamReplica, wall: Int64, newID: ReplicaID,
        installation: inout Installation
    ) -> Int? {
        guard !isWaiting else { return nil }
        let adoption = StreamAdoption(source: source.stream, target: stream)
        let brought = Dot(adoption.replica, confirmed.vector[adoption.replica])
        // The entry at `last` is the mark, of which no writer needs to know.
        guard case .adopted(let last, _) = adoption.stand(in: confirmed) else { return nil }
        // Those under an earlier id are in the log, which tells of them as ever.
        let waiting = source.outbox.filter {
            $0.fate == .waiting && $0.dot.replica == source.replica
        }
        goOver(to: installation.replica)
        if nextCounter.rawValue > 1 {
            installation.replica = newID
            goOver(to: newID)
        }
        var taken: [PendingEvent] = []
        for pending in waiting {
            let hasSeenAll = pending.event.context.seen.next >= last
            let own = pending.countOfSeen(among: taken)
            let isTaken = takeOver(
                pending.event, by: adoption, own: own, seen: hasSeenAll ? brought : nil, wall: wall)
            if isTaken { taken.append(pending) }
        }
        source.letGo(of: waiting)
        return waiting.count
    }

    /// Returns whether anything of it goes on here.
    private mutating func takeOver(
        _ event: Event, by adoption: StreamAdoption, own: Counter, seen brought: Dot?, wall: Int64
    ) -> Bool {
        var beyond = VersionVector()
        if let brought { beyond.insert(brought) }
        let operations = event.askedOperations.compactMap { carried($0, by: adoption) }
        guard !operations.isEmpty else { return false }
        let bare = Event(
            dot: Dot(replica, nextCounter),
            context: Context(replica: replica, own: own, seen: .start, beyond: beyond),
            timestamp: clock.read(wall: wall), channel: event.channel, operations: operations)
        let whole = Event(
            dot: bare.dot, context: bare.context, timestamp: bare.timestamp,
            channel: bare.channel,
            operations: operations + view.keeps(for: operations, schemas: schemas))
        // Here an entry may hold more to keep than there; a write is worth more than a keep.
        let fits = whole.malformation == nil && whole.encoded.count <= SyncLimits.eventBytes
        append(fits ? whole : bare, saw: VersionVector())
        return true
    }

    /// The operation as it goes on here; `nil` where its place is one that adoption leaves behind.
    private func carried(_ operation: FieldOperation, by adoption: StreamAdoption)
        -> FieldOperation?
    {
        // The bytes of an operation that is not understood name the entity themselves.
        if case .unknown = operation.action { return operation }
        guard let schema = schemas[operation.entity.type] else { return operation }
        if schema.adoption == .ignore || schema.place(at: operation.path)?.adoption == .ignore {
            return nil
        }
        guard schema.adoption == .apart else { return operation }
        return FieldOperation(adoption.apart(operation.entity), operation.path, operation.action)
    }

    /// Takes events that go on in another stream off the outbox. No log holds them, so their
    /// counters come next again.
    private mutating func letGo(of moved: [PendingEvent]) {
        guard let first = moved.first else { return }
        let dots = Set(moved.map(\.dot))
        outbox.removeAll { dots.contains($0.dot) }
        nextCounter = first.dot.counter
        changes.outbox.formUnion(dots)
        changes.position = true
        for pending in moved { changes.visible.formUnion(pending.event.entities) }
        rebuildView()
    }
}
