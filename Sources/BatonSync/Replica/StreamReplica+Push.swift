package import BatonCore
import BatonWire

/// A run of own events that is pushed.
package struct OutgoingBatch: Sendable {
    /// Whose events they are.
    package let replica: ReplicaID
    /// The counter of the first one.
    package let counter: Counter
    /// The events' bytes, in order.
    package let encodings: [[UInt8]]
}

/// What the log said to a push.
package struct PushOutcome: Sendable {
    /// What stands in the way of the rest.
    package enum Obstacle: Sendable, Hashable {
        case gap(expected: Counter)
        case unknownContext
        case clockDrift
        case cloned
        case moved(to: StreamID?, String)
        case limited(String)
    }

    var accepted = 0
    var duplicates = 0
    var refused = 0
    var obstacle: Obstacle?
}

extension StreamReplica {
    /// The events to push next: those that wait, from the first, in a run without a hole under one
    /// id, at most so many bytes; one event goes at any size.
    package func outgoing(events: Int, bytes: Int) -> OutgoingBatch? {
        guard let first = outbox.firstIndex(where: { $0.fate == .waiting }) else { return nil }
        let start = outbox[first].dot
        var next = start
        var encodings: [[UInt8]] = []
        var size = 0
        for pending in outbox[first...] {
            size += pending.encoded.count + 8
            guard pending.dot == next,
                encodings.isEmpty || (encodings.count < events && size <= bytes)
            else { break }
            encodings.append(pending.encoded)
            next = Dot(next.replica, next.counter.next)
        }
        return OutgoingBatch(
            replica: start.replica, counter: start.counter, encodings: encodings)
    }

    /// Takes in the verdicts on a pushed batch, one for each event, in order.
    mutating func takeIn(_ verdicts: [Verdict], on batch: OutgoingBatch) -> PushOutcome {
        var outcome = PushOutcome()
        var rolledBack = false
        for (index, verdict) in verdicts.enumerated() {
            let counter = Counter(rawValue: batch.counter.rawValue + UInt64(index))
            guard let place = outboxIndex(of: Dot(batch.replica, counter)) else { continue }
            let isWaiting = outbox[place].fate == .waiting
            switch verdict {
            case .accepted:
                decide(place, .accepted)
                if isWaiting { outcome.accepted += 1 }
            case .duplicate:
                decide(place, .accepted)
                if isWaiting { outcome.duplicates += 1 }
            case .refused(let refusal, let offset) where refusal.code.isFinal || offset != .start:
                guard isWaiting else { continue }
                keepRefused(outbox[place], refusal)
                changes.visible.formUnion(outbox[place].event.entities)
                decide(place, .refused)
                rolledBack = true
                outcome.refused += 1
            case .refused(let refusal, _):
                if outcome.obstacle == nil { outcome.obstacle = .init(refusal) }
            }
        }
        tidyOutbox()
        if rolledBack { rebuildView() }
        return outcome
    }

    private mutating func decide(_ index: Int, _ fate: PendingEvent.Fate) {
        guard outbox[index].fate == .waiting else { return }
        outbox[index].fate = fate
        changes.outbox.insert(outbox[index].dot)
    }

    /// Makes the events from `expected` on wait again, since the log lacks them after all. Returns
    /// false where the outbox does not hold that one any more.
    mutating func resend(from expected: Dot) -> Bool {
        guard let first = outboxIndex(of: expected) else { return false }
        for index in first..<outbox.count where outbox[index].fate == .accepted {
            outbox[index].fate = .waiting
            changes.outbox.insert(outbox[index].dot)
        }
        return true
    }
}

extension PushOutcome.Obstacle {
    /// What a refusal that is not final stands for; `nil` where an earlier event is to blame.
    fileprivate init?(_ refusal: Refusal) {
        switch refusal.code {
        case .gap: self = .gap(expected: refusal.expected ?? Counter(rawValue: 1))
        case .unknownContext: self = .unknownContext
        case .clockDrift: self = .clockDrift
        case .replicaCloned: self = .cloned
        case .streamMoved: self = .moved(to: refusal.movedTo, refusal.reason)
        case .limitExceeded, .schemaViolation, .notPermitted, .withheld:
            self = .limited(refusal.reason)
        case .notReached: return nil
        }
    }
}
