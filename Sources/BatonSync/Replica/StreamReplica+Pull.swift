package import BatonCore
package import BatonWire

/// What became of a pull answer.
package struct PullOutcome: Sendable {
    /// Why the answer could not be taken in; nothing of it was then.
    package enum Obstacle: Sendable, Hashable {
        /// It stands for own events whose verdicts are not known yet: push first.
        case undecided
        /// It stands for own events that this client never wrote, or holds no longer.
        case unheld
        /// It does not follow on what was taken in before.
        case hole(expected: Offset, got: Offset)
        /// Its snapshot does not have the hash that it names.
        case damaged(ours: String, theirs: String)
        /// The server's log is another one than that in which this client stands.
        case otherLog
    }

    /// How many entries were taken in.
    package var entries = 0
    /// Whether a snapshot took the place of the state.
    package var tookSnapshot = false
    /// Whether the log holds more.
    package var more = false
    /// What stood in the way.
    package var obstacle: Obstacle?
    /// The log holds events under this client's id that are not its own.
    package var isCloned = false
    /// The digest of the server's schemas, where it is not that of ours.
    package var otherSchemas: String?
    /// The state hashes, ours and the server's, where they differ.
    package var mismatch: (ours: String, theirs: String)?
}

extension StreamReplica {
    /// Takes in a pull answer. `asked` is the cursor that it answers; `nil` for a live event, which
    /// may overlap with what other answers brought.
    package mutating func takeIn(
        _ pull: Baton_V1_PullResponse, asked: String?, wall: Int64
    ) throws(WireFailure) -> PullOutcome {
        guard !pull.otherLog else {
            var outcome = PullOutcome()
            outcome.obstacle = .otherLog
            return outcome
        }
        let end = try Offset(wire: pull.head)
        var work = PullWork(self, wall: wall)
        var obstacle: PullOutcome.Obstacle?
        if pull.hasSnapshot { obstacle = try work.take(pull.snapshot) }
        for batch in pull.batches where obstacle == nil { obstacle = try work.take(batch) }
        if let obstacle {
            var outcome = PullOutcome()
            outcome.obstacle = obstacle
            return outcome
        }
        var outcome = work.outcome
        outcome.more = pull.more
        let isNew = outcome.entries > 0 || outcome.tookSnapshot
        self = work.replica
        head = max(end, confirmed.offset)
        let movesCursor = isNew || asked == cursor
        if movesCursor && !pull.cursor.isEmpty && pull.cursor != cursor {
            cursor = pull.cursor
            changes.position = true
        }
        if isNew {
            changes.position = true
            tidyOutbox()
            rebuildView()
            verifiedHash = ""
        }
        if !pull.schemas.isEmpty, let schemaDigest, pull.schemas != schemaDigest.description {
            outcome.otherSchemas = pull.schemas
        } else {
            outcome.mismatch = compareHash(with: pull)
        }
        return outcome
    }

    /// Compares the confirmed state with the server's hash, where the answer reaches the head. Only
    /// under the same schemas: what one set of them knows, another keeps as unknown.
    private mutating func compareHash(
        with pull: Baton_V1_PullResponse
    ) -> (ours: String, theirs: String)? {
        guard !pull.more, !pull.stateHash.isEmpty, confirmed.offset.rawValue == pull.head,
            pull.stateHash != verifiedHash
        else { return nil }
        let ours = StateHash(of: confirmed).description
        guard ours == pull.stateHash else { return (ours, pull.stateHash) }
        verifiedHash = ours
        return nil
    }

    /// Takes a snapshot in place of the confirmed state. The outbox is not touched.
    mutating func replaceConfirmed(with state: StreamState, cursor: String) {
        changes.visible.formUnion(confirmed.entities.keys)
        changes.visible.formUnion(state.entities.keys)
        changes.replacedState = true
        changes.position = true
        confirmed = state.refolded(schemas: schemas)
        self.cursor = cursor
        head = max(head, state.offset)
        verifiedHash = ""
        tidyOutbox()
        rebuildView()
    }
}

/// A pull answer while it is taken in: a copy of the replica, so that an answer that cannot be taken
/// in as a whole leaves nothing behind.
private struct PullWork {
    var replica: StreamReplica
    var outcome = PullOutcome()
    let wall: Int64

    init(_ replica: StreamReplica, wall: Int64) {
        self.replica = replica
        self.wall = wall
    }

    /// Checked before anything else is made of it (specification section 6.2), so as it came: a
    /// refold under this client's schemas would be another state.
    mutating func take(
        _ snapshot: Baton_V1_Snapshot
    ) throws(WireFailure) -> PullOutcome.Obstacle? {
        let state = try StreamState(
            snapshot.state, offset: Offset(wire: snapshot.offset))
        // A live event may be older than what has been pulled since.
        guard state.offset > replica.confirmed.offset else { return nil }
        let hash = StateHash(of: state).description
        guard hash == snapshot.stateHash else {
            return .damaged(ours: hash, theirs: snapshot.stateHash)
        }
        replica.replaceConfirmed(
            with: state, cursor: snapshot.cursor.isEmpty ? replica.cursor : snapshot.cursor)
        outcome.tookSnapshot = true
        if state.vector[replica.replica] >= replica.nextCounter { outcome.isCloned = true }
        return nil
    }

    mutating func take(_ batch: Baton_V1_Batch) throws(WireFailure) -> PullOutcome.Obstacle? {
        let place = try batch.place()
        let isOmitted = batch.omitted > 0
        for index in 0..<place.count {
            let dot = Dot(
                place.first.replica, Counter(rawValue: place.first.counter.rawValue + UInt64(index))
            )
            let offset = Offset(rawValue: place.offset.rawValue + UInt64(index))
            let expected = replica.confirmed.offset.next
            if offset < expected { continue }
            guard offset == expected else { return .hole(expected: expected, got: offset) }
            let entry: Entry
            if isOmitted {
                guard let place = replica.outboxIndex(of: dot) else { return .unheld }
                guard replica.outbox[place].fate != .waiting else { return .undecided }
                entry = replica.outbox[place].entry
            } else {
                entry = try Entry(batch.events[index], dot: dot)
                meetOwn(entry)
            }
            if case .gap = replica.confirmed.apply(entry, at: offset, schemas: replica.schemas) {
                return .hole(expected: expected, got: offset)
            }
            note(entry)
        }
        return nil
    }

    /// An own event that comes back whole is as good as its verdict; one that this client did not
    /// write shows that another writes under its id.
    private mutating func meetOwn(_ entry: Entry) {
        let dot = entry.dot
        guard let place = replica.outboxIndex(of: dot) else {
            if dot.replica == replica.replica && dot.counter >= replica.nextCounter {
                outcome.isCloned = true
            }
            return
        }
        guard replica.outbox[place].fate == .waiting else { return }
        switch entry {
        case .event(let event):
            guard event.isAll(orPartOf: replica.outbox[place].event) else {
                outcome.isCloned = true
                return
            }
            replica.outbox[place].fate = .accepted
        // Not said to this token, so no verdict: the next push of it will tell.
        case .void(_, let refusal) where refusal.code == .withheld: return
        case .void(_, let refusal):
            replica.keepRefused(replica.outbox[place], refusal)
            replica.changes.visible.formUnion(replica.outbox[place].event.entities)
            replica.outbox[place].fate = .refused
        }
        replica.changes.outbox.insert(dot)
    }

    private mutating func note(_ entry: Entry) {
        outcome.entries += 1
        guard case .event(let event) = entry else { return }
        let entities = event.entities
        replica.changes.entities.formUnion(entities)
        replica.changes.visible.formUnion(entities)
        // The server has bounded its drift; to stand behind what was seen would be worse.
        _ = replica.clock.observe(event.timestamp, wall: wall, drift: .max)
    }
}

extension Event {
    /// Whether it is `other`, or what a token for some entities is shown of it: the operations on these,
    /// in their order (specification section 11.2).
    fileprivate func isAll(orPartOf other: Event) -> Bool {
        guard dot == other.dot, context == other.context, timestamp == other.timestamp,
            channel == other.channel
        else { return false }
        var rest = other.operations[...]
        for operation in operations {
            guard let place = rest.firstIndex(of: operation) else { return false }
            rest = rest[(place + 1)...]
        }
        return operations.count == other.operations.count
            || Set(operations.map(\.entity)).isDisjoint(
                with: other.operations.filter { !operations.contains($0) }.map(\.entity))
    }
}
