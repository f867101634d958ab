import BatonCore
import BatonWire

extension StreamReplica {
    /// Takes the state of another log in place of the one that this client stood in, and writes anew
    /// what it lacks: all that is pending, and of what was confirmed all that is still kept. Returns
    /// how many events that are (specification section 9.6).
    ///
    /// They are written under `newID`, for the log that is gone may have shown the old dots to
    /// others. Where nothing is lacking, the stream keeps its id and goes on counting. What the state
    /// covers is pushed once more as it is.
    mutating func rebase(
        on state: StreamState, cursor: String, as newID: ReplicaID
    ) throws(WireFailure) -> Int {
        var lacking: [PendingEvent] = []
        // In this log as well, but whether as written, as refused, or as what a copy of this device
        // wrote since, the state does not tell: they wait on under their own dots, and the next push
        // brings the verdicts.
        var undecided: [PendingEvent] = []
        var own: [PendingEvent] = []
        for event in kept { own.append(try event.pending) }
        // A refused event left no more than a record; in this log perhaps not even that.
        own += outbox.filter { $0.fate != .refused }
        for var pending in own {
            pending.fate = .waiting
            if state.vector.covers(pending.dot) {
                undecided.append(pending)
            } else {
                lacking.append(pending)
            }
        }
        changes.outbox.formUnion(kept.map(\.dot) + outbox.map(\.dot))
        kept = []
        keptBytes = 0
        outbox = lacking
        head = state.offset
        replaceConfirmed(with: state, cursor: cursor)
        let isComplete = lacking.isEmpty && state.vector[replica].next == nextCounter
        let count = isComplete ? 0 : reissue(as: newID, context: .known)
        outbox.insert(contentsOf: undecided, at: 0)
        return count
    }

    /// What the writer of `pending` had seen, said so that it holds in the confirmed log, for the
    /// event that takes its place under the id, having seen the first `own` of those.
    ///
    /// Offsets of another log mean nothing, dots do: of each replica the shorter of what was seen and
    /// what is there, and of the id that a copy writes under no more than is `shared` with it. More
    /// would claim what the writer never saw, and overrule it; less would call concurrent what it
    /// replaced on purpose.
    func translated(
        _ pending: PendingEvent, to id: ReplicaID, own: Counter, shared: Dot?
    ) -> (context: Context, saw: VersionVector) {
        guard var seen = pending.saw else {
            return (
                Context(replica: id, own: own, seen: confirmed.offset), confirmed.vector
            )
        }
        seen.merge(pending.event.context.beyond)
        if pending.event.context.own != .none {
            seen.insert(Dot(pending.event.dot.replica, pending.event.context.own))
        }
        var common: [ReplicaID: Counter] = [:]
        for (id, counter) in seen.counters {
            var known = min(counter, confirmed.vector[id])
            if let shared, id == shared.replica { known = min(known, shared.counter) }
            if known != .none { common[id] = known }
        }
        let beyond = VersionVector(common)
        let isAll = beyond == confirmed.vector
        let said = isAll ? VersionVector() : beyond.fitting(beside: pending.encoded.count)
        return (
            Context(
                replica: id, own: own, seen: isAll ? confirmed.offset : .start,
                beyond: said),
            isAll ? beyond : said
        )
    }
}

extension VersionVector {
    /// As many of the entries as find room in an event beside `bytes` of it. A stream of so many
    /// replicas that some do not is a rare one; what they wrote counts as not seen, then.
    fileprivate func fitting(beside bytes: Int) -> VersionVector {
        // A replica id in hexadecimal digits, a counter, and their framing.
        let bytesPerEntry = 48
        let room = (ProtocolLimits.eventBytes - bytes) / bytesPerEntry
        let count = min(ProtocolLimits.contextEntries, max(0, room))
        guard counters.count > count else { return self }
        return VersionVector(
            Dictionary(
                sorted.prefix(count).map { ($0.replica, $0.counter) }, uniquingKeysWith: { $1 }))
    }
}
