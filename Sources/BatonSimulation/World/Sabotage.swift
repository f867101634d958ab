import BatonCore
import BatonLog
import BatonSync
import BatonWire

/// A defect that is built into a world on purpose: the tests prove with it that a promise is checked.
package enum Sabotage: Sendable, CaseIterable {
    /// The log answers before its write is synced.
    case acknowledgesBeforeSync
    /// The log takes a known event for a new one.
    case appendsTwice
    /// A device claims to have seen more than there is, and the log believes it.
    case claimsTheFuture
    /// A snapshot claims all of the log, and holds what an earlier one held.
    case foldsShort
    /// A device gets the answer to another of its requests.
    case mixesAnswers
    /// The first device merges with one cover too many.
    case coversTooMuch
    /// The same, on a device that compares no state hashes.
    case coversTooMuchUnseen
    /// A device's disk loses the last pending event when the device dies.
    case forgetsPending
    /// A device's disk keeps no refused events.
    case forgetsRefusals
    /// After a pull, a device shows only what is confirmed.
    case hidesPending
    /// A device that failed once does not try again.
    case stopsRetrying
    /// Removals take away nothing.
    case removesNothing
}

extension Sabotage {
    /// What a broken log makes of an append.
    func altered(_ request: AppendRequest) -> AppendRequest {
        switch self {
        case .appendsTwice:
            return AppendRequest(
                replica: request.replica, firstCounter: nil, body: request.body,
                entries: request.entries, receivedAt: request.receivedAt,
                idempotency: request.idempotency)
        case .claimsTheFuture:
            return AppendRequest(
                replica: request.replica, firstCounter: request.firstCounter, body: request.body,
                entries: request.entries.map {
                    AppendRequest.Entry(length: $0.length, seen: .start, void: $0.void)
                },
                receivedAt: request.receivedAt, idempotency: request.idempotency)
        default: return request
        }
    }

    /// What a broken log makes of a snapshot, after it has stored an earlier one.
    func altered(_ snapshot: StoredSnapshot, after earlier: StoredSnapshot?) -> StoredSnapshot {
        guard self == .foldsShort, let earlier else { return snapshot }
        return StoredSnapshot(
            offset: snapshot.offset, body: earlier.body, stateHash: earlier.stateHash)
    }

    /// What a broken device makes of an event that it has just written.
    func alter(_ replica: inout StreamReplica) {
        guard let pending = replica.outbox.last else { return }
        let event = pending.event
        let context: Context
        switch self {
        case .claimsTheFuture:
            context = Context(
                replica: event.dot.replica, own: event.context.own,
                seen: Offset(rawValue: event.context.seen.rawValue + 3))
        case .removesNothing where event.operations.contains { $0.action.isRemoval }:
            context = Context(replica: event.dot.replica, own: .none, seen: .start)
        default: return
        }
        let altered = Event(
            dot: event.dot, context: context, timestamp: event.timestamp, channel: event.channel,
            operations: event.operations)
        replica.outbox[replica.outbox.count - 1] = PendingEvent(
            altered, encoded: altered.encoded, saw: pending.saw)
        replica.rebuildView()
    }

    /// What a broken merge makes of an answer: each event has seen all before it.
    func altered(_ pull: Baton_V1_PullResponse) -> Baton_V1_PullResponse {
        guard self == .coversTooMuch || self == .coversTooMuchUnseen else { return pull }
        var pull = pull
        if self == .coversTooMuchUnseen { pull.stateHash = "" }
        for batch in pull.batches.indices {
            for event in pull.batches[batch].events.indices {
                pull.batches[batch].events[event].seen =
                    pull.batches[batch].offset + UInt64(event) - 1
            }
        }
        return pull
    }
}

extension Action {
    /// Whether the action takes away a key or all keys.
    var isRemoval: Bool {
        switch self {
        case .remove, .clear: return true
        default: return false
        }
    }
}
