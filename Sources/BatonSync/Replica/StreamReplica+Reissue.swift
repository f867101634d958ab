import BatonCore
import BatonWire

extension StreamReplica {
    /// What the writer of events that are written anew is to have seen.
    enum ReissuedContext {
        /// What it had seen when it wrote them.
        case kept
        /// The same, as far as the confirmed log holds it, for that is another one than before.
        case known
    }

    /// Writes the waiting events that the log does not hold anew under another id, from counter 1, in
    /// place of the old ones. Returns how many. Keeps that named one of them name it anew.
    ///
    /// What the confirmed state covers is in the log, and waits on for its verdict (specification
    /// section 9.6); but under the id `cloned`, what the log holds is of another writer.
    @discardableResult
    mutating func reissue(
        as newID: ReplicaID, cloned: ReplicaID? = nil, context: ReissuedContext
    ) -> Int {
        let lacking = outbox.filter { $0.isLacking(in: confirmed, cloned: cloned) }
        let before = ownBefore(lacking)
        var moved: [Dot: Origin] = [:]
        var written: [PendingEvent] = []
        for pending in lacking {
            let event = pending.event
            let dot = Dot(newID, Counter(rawValue: UInt64(written.count) + 1))
            let own = pending.countOfSeen(among: lacking[..<written.count])
            let seen: Context
            var saw = pending.saw
            switch context {
            case .kept:
                var beyond = VersionVector(
                    event.context.beyond.counters.filter { $0.key != cloned })
                beyond.merge(ownUnderOlderIDs)
                beyond.merge(before)
                seen = Context(
                    replica: newID, own: own, seen: event.context.seen, beyond: beyond)
            case .known:
                let shared = cloned.map { Dot($0, before[$0]) }
                (seen, saw) = translated(pending, to: newID, own: own, shared: shared)
            }
            let copy = Event(
                dot: dot, context: seen, timestamp: event.timestamp, channel: event.channel,
                operations: event.operations.map {
                    $0.renamingOrigin(by: moved, forgetOffset: context == .known)
                })
            moved[event.dot] = Origin(dot: dot, offset: .start, timestamp: event.timestamp)
            written.append(PendingEvent(copy, encoded: copy.encoded, saw: saw))
        }
        outbox.removeAll { moved[$0.dot] != nil }
        outbox += written
        replica = newID
        nextCounter = Counter(rawValue: UInt64(written.count) + 1)
        changes.outbox.formUnion(moved.keys)
        changes.outbox.formUnion(written.map(\.dot))
        changes.position = true
        rebuildView()
        return written.count
    }

    /// The own events before the first of each id that is written anew: they are in the log, and were
    /// seen.
    private func ownBefore(_ lacking: [PendingEvent]) -> VersionVector {
        var vector = VersionVector()
        var ids: Set<ReplicaID> = []
        for pending in lacking where ids.insert(pending.dot.replica).inserted {
            let counter = pending.dot.counter.rawValue - 1
            guard counter > 0 else { continue }
            vector.insert(Dot(pending.dot.replica, Counter(rawValue: counter)))
        }
        return vector
    }

    /// Gives the waiting events new timestamps, from the first that is ahead of `serverTime` on:
    /// the log holds none of these. Their dots stay.
    mutating func restamp(serverTime: Int64) {
        guard
            let first = outbox.firstIndex(where: {
                $0.fate == .waiting && $0.event.timestamp.milliseconds > serverTime
            })
        else { return }
        clock.reset(to: serverTime)
        var moved: [Dot: Origin] = [:]
        for index in first..<outbox.count where outbox[index].fate == .waiting {
            let event = outbox[index].event
            let copy = Event(
                dot: event.dot, context: event.context, timestamp: clock.read(wall: serverTime),
                channel: event.channel,
                operations: event.operations.map {
                    $0.renamingOrigin(by: moved, forgetOffset: false)
                })
            moved[event.dot] = Origin(dot: event.dot, offset: .start, timestamp: copy.timestamp)
            outbox[index] = PendingEvent(
                copy, encoded: copy.encoded, saw: outbox[index].saw)
            changes.outbox.insert(event.dot)
        }
        changes.position = true
        rebuildView()
    }
}

extension FieldOperation {
    /// The operation with a keep's origin as it is called now.
    fileprivate func renamingOrigin(by moved: [Dot: Origin], forgetOffset: Bool) -> FieldOperation {
        guard case .keep(let value, let origin) = action else { return self }
        if let renamed = moved[origin.dot] {
            return FieldOperation(entity, path, .keep(value, renamed))
        }
        guard forgetOffset else { return self }
        let unplaced = Origin(dot: origin.dot, offset: .start, timestamp: origin.timestamp)
        return FieldOperation(entity, path, .keep(value, unplaced))
    }
}
