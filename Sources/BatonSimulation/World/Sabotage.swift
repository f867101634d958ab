import BatonCore
import BatonLog
import BatonSync
import BatonWire

/// A defect that is built into a world on purpose: the tests prove with it that a promise is checked.
package enum Sabotage: String, Sendable, CaseIterable {
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
    /// A removal of a set's element takes away nothing.
    case keepsElements
    /// What waited in an adopted stream is written into the adopting one, and left where it was.
    case movesAndKeeps
    /// What waited in an adopted stream is gone.
    case movesNothing
    /// A stream that was adopted takes events as before.
    case staysOpen
    /// A device that learns newer schemas leaves its state as it was folded under the older ones.
    case keepsOldFold
    /// A device takes its own clock for the server's.
    case trustsItsClock
    /// A device names the order of a checkout by itself.
    case namesItsOrders
    /// A log that is made anew from a backup goes under the name of the one that was lost.
    case restoresUnderOldName
    /// A device brings back nothing that a log lacks which was made anew from a backup.
    case bringsNothingBack
}

extension Sabotage {
    /// What a broken log makes of an append.
    func altered(_ request: AppendRequest) -> AppendRequest {
        var firstCounter = request.firstCounter
        var entries = request.entries
        var forwarding = request.forwarding
        switch self {
        case .appendsTwice: firstCounter = nil
        case .claimsTheFuture:
            entries = entries.map {
                AppendRequest.Entry(length: $0.length, seen: .start, void: $0.void)
            }
        case .staysOpen: forwarding = nil
        default: return request
        }
        return AppendRequest(
            replica: request.replica, firstCounter: firstCounter, body: request.body,
            entries: entries, receivedAt: request.receivedAt, idempotency: request.idempotency,
            forwarding: forwarding)
    }

    /// What a broken log makes of a snapshot, after it has stored an earlier one.
    func altered(_ snapshot: StoredSnapshot, after earlier: StoredSnapshot?) -> StoredSnapshot {
        guard self == .foldsShort, let earlier else { return snapshot }
        return StoredSnapshot(
            offset: snapshot.offset, body: earlier.body, stateHash: earlier.stateHash)
    }

    /// What a broken device makes of an event that it has just written; `number` is the device's.
    func alter(_ replica: inout StreamReplica, on number: Int) {
        guard let pending = replica.outbox.last else { return }
        let event = pending.event
        var context = event.context
        var operations = event.operations
        let nothing = Context(replica: event.dot.replica, own: .none, seen: .start)
        switch self {
        case .claimsTheFuture:
            context = Context(
                replica: event.dot.replica, own: event.context.own,
                seen: Offset(rawValue: event.context.seen.rawValue + 3))
        case .removesNothing where operations.contains { $0.action.isRemoval }: context = nothing
        case .keepsElements where operations.contains { $0.takesElement(replica.schemas) }:
            context = nothing
        case .namesItsOrders where operations.contains { $0.isCheckout }:
            operations = operations.map { $0.renamingOrder("of-\(number)") }
        default: return
        }
        let altered = Event(
            dot: event.dot, context: context, timestamp: event.timestamp, channel: event.channel,
            operations: operations)
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

extension FieldOperation {
    /// Whether the operation takes an element out of a set.
    fileprivate func takesElement(_ schemas: SchemaSet) -> Bool {
        guard case .remove = action, case .set? = schemas[entity.type]?.place(at: path)?.rule else {
            return false
        }
        return true
    }

    /// Whether the operation counts a checkout of a cart.
    var isCheckout: Bool { entity.type == "cart" && path == FieldPath(["checkouts"]) }

    fileprivate func renamingOrder(_ ending: String) -> FieldOperation {
        guard entity.type == "order",
            let other = try? EntityID(type: "order", id: entity.id + "-" + ending)
        else { return self }
        return FieldOperation(other, path, action)
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
