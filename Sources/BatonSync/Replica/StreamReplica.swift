package import BatonCore
package import BatonWire

/// One stream as this client holds it: what the log confirmed, and its own events on top.
///
/// A value with no I/O, no clock and no chance: time, ids and answers are handed in, and what came
/// of them is read from the results. Invariants:
/// - `view` is `confirmed` with the outbox folded on top (specification section 5.1);
/// - the outbox holds every own event that the log has not answered for or that `confirmed` does
///   not cover, in the order of writing; those that wait are all of `replica`, but for some that a
///   restored log holds under an earlier id (specification section 9.6): these come first;
/// - the cursor stands where `confirmed` ends.
package struct StreamReplica: Sendable {
    /// Which stream it is.
    package let stream: StreamID
    /// How its events merge.
    package private(set) var schemas: SchemaSet
    /// The schemas' name in the server's answers; `nil` compares hashes whatever the name.
    package private(set) var schemaDigest: SchemaDigest?
    /// Under which id this stream is written.
    package var replica: ReplicaID
    /// The counter of the next event under that id.
    package var nextCounter: Counter
    /// Where to pull from; empty: from the start.
    package var cursor: String
    /// The clock of the stream's events.
    package var clock: HybridClock
    /// What the log makes, up to its offset.
    package var confirmed: StreamState
    /// What the app sees.
    package var view: StreamState
    /// Own events that the log has not answered for, or that are not confirmed.
    package var outbox: [PendingEvent]
    /// Events that were refused for good, oldest first, until the app has decided.
    package var inbox: [RefusedEvent]
    /// The last own events that were confirmed, oldest first, within ``SyncLimits/keptEvents``.
    package var kept: [KeptEvent]
    /// Bytes of these.
    var keptBytes: Int
    /// The last offset that the log is known to have.
    package var head: Offset
    /// The server's state hash that `confirmed` was last found to agree with.
    var verifiedHash = ""
    /// What is to be stored.
    package var changes = ReplicaChanges()

    /// Starts a stream, or goes on with a stored one.
    package init(
        stream: StreamID, schemas: SchemaSet, schemaDigest: SchemaDigest? = nil,
        replica: ReplicaID,
        nextCounter: Counter = Counter(rawValue: 1), cursor: String = "",
        clock: HybridClock = HybridClock(), confirmed: StreamState = StreamState(),
        outbox: [PendingEvent] = [], inbox: [RefusedEvent] = [], kept: [KeptEvent] = []
    ) {
        self.stream = stream
        self.schemas = schemas
        self.schemaDigest = schemaDigest
        self.replica = replica
        self.nextCounter = nextCounter
        self.cursor = cursor
        self.clock = clock
        // It may have been folded under the schemas of an earlier version of the app.
        self.confirmed = confirmed.refolded(schemas: schemas)
        self.outbox = outbox
        self.inbox = inbox
        self.kept = kept
        keptBytes = kept.reduce(0) { $0 + $1.encoded.count }
        head = confirmed.offset
        view = self.confirmed
        rebuildView()
    }

    /// Puts other schemas in force: what was kept for them is folded now.
    package mutating func putInForce(_ schemas: SchemaSet, digest: SchemaDigest) {
        let refolded = confirmed.refolded(schemas: schemas)
        for (id, entity) in confirmed.entities where refolded.entities[id] != entity {
            changes.entities.insert(id)
        }
        let types = Set(
            (schemas.sorted + self.schemas.sorted).map(\.type).filter {
                schemas[$0] != self.schemas[$0]
            })
        self.schemas = schemas
        schemaDigest = digest
        confirmed = refolded
        verifiedHash = ""
        rebuildView()
        changes.visible.formUnion(view.entities.keys.filter { types.contains($0.type) })
    }

    /// How many own events no log has taken yet.
    package var waitingCount: Int { outbox.count { $0.fate == .waiting } }

    /// Whether there are any.
    package var isWaiting: Bool { outbox.contains { $0.fate == .waiting } }

    /// How many entries the log is known to hold beyond the confirmed state.
    var behind: UInt64 {
        head > confirmed.offset ? head.rawValue - confirmed.offset.rawValue : 0
    }

    /// Where the event stands in the outbox. O(1) but for a stream that changed its replica id.
    package func outboxIndex(of dot: Dot) -> Int? {
        guard let last = outbox.last else { return nil }
        if last.dot.replica == dot.replica, last.dot.counter >= dot.counter {
            let distance = last.dot.counter.rawValue - dot.counter.rawValue
            if distance < UInt64(outbox.count) {
                let index = outbox.count - 1 - Int(distance)
                if outbox[index].dot == dot { return index }
            }
        }
        return outbox.firstIndex { $0.dot == dot }
    }

    /// Lets go of events that the log has answered for and the confirmed state covers.
    mutating func tidyOutbox() {
        var confirmedEvents: [PendingEvent] = []
        outbox.removeAll { pending in
            guard pending.fate != .waiting, confirmed.vector.covers(pending.dot) else {
                return false
            }
            changes.outbox.insert(pending.dot)
            if pending.fate == .accepted { confirmedEvents.append(pending) }
            return true
        }
        keep(confirmedEvents)
    }

    /// Folds the outbox anew on top of the confirmed state. O(live size of what is pending).
    package mutating func rebuildView() {
        view = confirmed
        for pending in outbox { view.apply(pending.entry, schemas: schemas) }
    }

    /// Puts an event into the inbox of refused ones.
    mutating func keepRefused(_ pending: PendingEvent, _ refusal: Refusal) {
        guard !inbox.contains(where: { $0.dot == pending.dot }) else { return }
        inbox.append(RefusedEvent(stream: stream, event: pending.event, refusal: refusal))
        changes.inbox.insert(pending.dot)
        if inbox.count > SyncLimits.refusedEvents {
            changes.inbox.insert(inbox.removeFirst().dot)
        }
    }

    /// Takes an event out of the inbox; `nil` if it is not there.
    mutating func removeRefused(_ dot: Dot) -> RefusedEvent? {
        guard let index = inbox.firstIndex(where: { $0.dot == dot }) else { return nil }
        changes.inbox.insert(dot)
        return inbox.remove(at: index)
    }
}
