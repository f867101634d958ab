import BatonCore
import BatonWire

extension StreamReplica {
    /// Takes the state of another log in place of the one that this client stood in, and writes anew
    /// what it lacks: all that is pending, and of what was confirmed all that is still kept. Returns
    /// how many events that are (specification section 9.6).
    ///
    /// They are written under `newID`, for the log that is gone may have shown the old dots to
    /// others. Where nothing is lacking, the stream keeps its id and goes on counting.
    mutating func rebase(
        on state: StreamState, cursor: String, as newID: ReplicaID
    ) throws(WireFailure) -> Int {
        var lacking: [PendingEvent] = []
        var covered: [PendingEvent] = []
        // In this log as well, but whether as written or as refused the state does not tell: they wait
        // on under their own dots, and the next push brings the verdicts.
        var undecided: [PendingEvent] = []
        for event in kept where !state.vector.covers(event.dot) {
            lacking.append(
                PendingEvent(
                    try Event(encoded: event.encoded, dot: event.dot), encoded: event.encoded,
                    saw: event.saw))
            changes.outbox.insert(event.dot)
        }
        // A refused event left no more than a record; in this log perhaps not even that.
        for var pending in outbox {
            changes.outbox.insert(pending.dot)
            guard pending.fate != .refused else { continue }
            let isDecided = pending.fate == .accepted
            pending.fate = .waiting
            switch (state.vector.covers(pending.dot), isDecided) {
            case (false, _): lacking.append(pending)
            case (true, true): covered.append(pending)
            case (true, false): undecided.append(pending)
            }
        }
        kept.removeAll { !state.vector.covers($0.dot) }
        keptBytes = kept.reduce(0) { $0 + $1.encoded.count }
        keep(covered)
        outbox = lacking
        head = state.offset
        replaceConfirmed(with: state, cursor: cursor)
        let isComplete = lacking.isEmpty && state.vector[replica].next == nextCounter
        let count = isComplete ? 0 : reissue(as: newID, context: .known)
        outbox.insert(contentsOf: undecided, at: 0)
        return count
    }

    /// What the writer of `pending` had seen, said so that it holds in the confirmed log, for the
    /// event that takes its place at `dot`.
    ///
    /// Offsets of another log mean nothing, dots do: of each replica the shorter of what was seen and
    /// what is there. More would claim what the writer never saw, and overrule it; less would call
    /// concurrent what it replaced on purpose.
    func translated(_ pending: PendingEvent, to dot: Dot) -> (context: Context, saw: VersionVector)
    {
        let own = Counter(rawValue: dot.counter.rawValue - 1)
        guard var seen = pending.saw else {
            return (
                Context(replica: dot.replica, own: own, seen: confirmed.offset), confirmed.vector
            )
        }
        seen.merge(pending.event.context.beyond)
        if pending.event.context.own != .none {
            seen.insert(Dot(pending.event.dot.replica, pending.event.context.own))
        }
        let common = seen.counters.map { ($0.key, min($0.value, confirmed.vector[$0.key])) }
        let beyond = VersionVector(Dictionary(common, uniquingKeysWith: { $1 }))
        let isAll = beyond == confirmed.vector
        let said = isAll ? VersionVector() : beyond.fitting(beside: pending.encoded.count)
        return (
            Context(
                replica: dot.replica, own: own, seen: isAll ? confirmed.offset : .start,
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
