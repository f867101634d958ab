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

    /// Writes every waiting event anew under another id, from counter 1, in place of the old ones:
    /// the log holds none of them. Returns how many. Keeps that named one of them name it anew.
    @discardableResult
    mutating func reissue(as newID: ReplicaID, context: ReissuedContext) -> Int {
        let waiting = outbox.filter { $0.fate == .waiting }
        // Own events before the first waiting one are in the log, and were seen.
        let firstWaiting = waiting.first?.dot.counter ?? nextCounter
        let earlier = Dot(replica, Counter(rawValue: firstWaiting.rawValue - 1))
        var moved: [Dot: Origin] = [:]
        var written: [PendingEvent] = []
        for pending in waiting {
            let event = pending.event
            let dot = Dot(newID, Counter(rawValue: UInt64(written.count) + 1))
            let seen: Context
            var saw = pending.saw
            switch context {
            case .kept:
                let own = waiting.count { $0.dot.counter <= event.context.own }
                var beyond = event.context.beyond
                beyond.merge(ownUnderOlderIDs)
                if earlier.counter != .none { beyond.insert(earlier) }
                seen = Context(
                    replica: newID, own: Counter(rawValue: UInt64(own)),
                    seen: event.context.seen, beyond: beyond)
            case .known: (seen, saw) = translated(pending, to: dot)
            }
            let copy = Event(
                dot: dot, context: seen, timestamp: event.timestamp, channel: event.channel,
                operations: event.operations.map {
                    $0.renamingOrigin(by: moved, forgetOffset: context == .known)
                })
            moved[event.dot] = Origin(dot: dot, offset: .start, timestamp: event.timestamp)
            written.append(PendingEvent(copy, encoded: copy.encoded, saw: saw))
        }
        outbox.removeAll { $0.fate == .waiting }
        outbox += written
        replica = newID
        nextCounter = Counter(rawValue: UInt64(written.count) + 1)
        changes.outbox.formUnion(moved.keys)
        changes.outbox.formUnion(written.map(\.dot))
        changes.position = true
        rebuildView()
        return written.count
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
