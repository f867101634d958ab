/// What a replica had seen of a stream when it wrote an event: a version vector, said compactly.
///
/// The log is a linear extension of causality (promise L4), so "all of the log up to offset n"
/// names a version vector in one number, however many replicas have written to the stream. A client
/// that talks to one log needs no more than that and its own counter; what it saw elsewhere stands
/// in ``beyond`` (specification section 3.4).
public struct Context: Hashable, Sendable {
    /// The replica that wrote the event.
    public let replica: ReplicaID
    /// Its own events that it took into account: all up to this counter.
    public let own: Counter
    /// It had seen the whole log up to and including this offset.
    public let seen: Offset
    /// What it had seen besides: whole prefixes of other replicas' events.
    public let beyond: VersionVector

    /// Says what `replica` had seen; `own` is usually all of its earlier events.
    public init(
        replica: ReplicaID, own: Counter, seen: Offset, beyond: VersionVector = VersionVector()
    ) {
        self.replica = replica
        self.own = own
        self.seen = seen
        self.beyond = beyond
    }

    /// Whether the writer had seen the event at `dot`, which stands in the log at `offset`
    /// (``Offset/start`` where it is not in the log yet, or the offset is not known). O(1).
    public func covers(_ dot: Dot, at offset: Offset) -> Bool {
        if offset != .start && offset <= seen { return true }
        if dot.replica == replica && dot.counter <= own { return true }
        return !beyond.isEmpty && beyond.covers(dot)
    }
}
