import BatonCore

/// What the log knows of one stream while an append is decided. Read under the stream's lock.
protocol StreamLedger {
    /// The last offset.
    var head: Offset { get }

    /// The stream that this one was adopted into.
    var movedTo: StreamID? { get }

    /// How far the log holds the events of `replica`.
    func counters(of replica: ReplicaID) throws(LogFailure) -> ReplicaCounters

    /// The entries of `replica` at `counters`, in order; all of them are in the log and above the
    /// horizon.
    func entries(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [LoggedEntry]

    /// The records of refused events of `replica` at `counters`, also below the horizon: there is
    /// nothing else that knows of them, and a retry is to be answered as the first time.
    func voids(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [Counter: LoggedVoid]

    /// What is kept of the events of `replica` that compaction has dropped.
    func fingerprints(of replica: ReplicaID) throws(LogFailure) -> Fingerprints
}

/// The record of a refused event that is in the log.
struct LoggedVoid: Hashable, Sendable {
    /// Where it stands.
    let offset: Offset
    /// Why the event was refused, and by what it is known.
    let record: VoidRecord
}

/// How far the log holds one replica's events.
struct ReplicaCounters: Hashable, Sendable {
    /// The last one in the log.
    var last = Counter.none
    /// The last one that compaction has dropped.
    var horizon = Counter.none
}

/// An entry that is in the log.
struct LoggedEntry {
    /// Where it stands.
    let offset: Offset
    /// What its frame holds.
    let content: ArraySlice<UInt8>
    /// Set where it is the record of a refusal.
    let void: VoidRecord?

    /// What a push of the same event is answered.
    var verdict: Verdict { void.map { .refused($0.refusal, offset) } ?? .duplicate(offset) }
}

/// What was stored under an idempotency key.
struct RememberedAppend: Hashable, Sendable {
    /// SHA-256 of the request.
    let digest: [UInt8]
    /// The dot of the first entry.
    let first: Dot
    /// How many entries there were.
    let count: Int
}
