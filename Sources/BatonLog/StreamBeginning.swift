public import BatonCore

/// Where a stream's log begins, and what is known of all before: what an archive needs beside the
/// entries to make the stream again elsewhere.
public struct StreamBeginning: Hashable, Sendable {
    /// Entries up to here are dropped.
    public let horizon: Offset
    /// The hash of the entry there; 32 zero bytes at the start.
    public let chain: [UInt8]
    /// What the log covers up to the horizon.
    public let counters: VersionVector
    /// The state from which on states can be folded; `nil` where nothing was ever dropped.
    public let base: StoredSnapshot?
    /// The records of refused events that stand at or below horizon or base, by their dots, ascending.
    public let voids: [ArchivedVoid]
    /// What the stream forwards to.
    public let movedTo: StreamID?

    /// Joins the parts.
    public init(
        horizon: Offset, chain: [UInt8], counters: VersionVector, base: StoredSnapshot?,
        voids: [ArchivedVoid], movedTo: StreamID? = nil
    ) {
        self.horizon = horizon
        self.chain = chain
        self.counters = counters
        self.base = base
        self.voids = voids
        self.movedTo = movedTo
    }

    /// Up to here void records belong to it.
    var reach: Offset { max(horizon, base?.offset ?? .start) }

    /// Decides whether a stream can begin here: true where it is to be made, false where it stands
    /// so already. Fails where it is another one.
    func isNew(horizon: Offset, chain: [UInt8], head: Offset) throws(LogFailure) -> Bool {
        guard let base, base.offset == self.horizon, base.offset > .start else {
            throw LogFailure(
                .corrupt, "a log can only begin behind a snapshot of all that comes before")
        }
        if head == .start { return true }
        guard horizon == self.horizon, chain == self.chain else {
            throw LogFailure(
                .corrupt, "the log knows this stream, and it begins after offset \(horizon)")
        }
        return false
    }
}
