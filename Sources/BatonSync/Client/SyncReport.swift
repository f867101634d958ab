public import BatonCore

/// What one sync did.
public struct SyncReport: Sendable, Hashable {
    /// Requests that were sent.
    public var roundTrips = 0
    /// Own events that the log took.
    public var accepted = 0
    /// Own events that the log had already: their first answer was lost.
    public var duplicates = 0
    /// Own events that were refused for good; they stand in the inbox of refused events.
    public var refused = 0
    /// Entries that were taken from the log, own ones included.
    public var pulled = 0
    /// Snapshots that were taken in place of all state so far.
    public var snapshots = 0
    /// Schema documents that were taken from the server, in place of older ones or beside them.
    public var schemas = 0
    /// Troubles that were met and mended.
    public var healed: [HealedTrouble] = []

    /// Nothing done yet.
    public init() {}

    mutating func add(_ other: SyncReport) {
        roundTrips += other.roundTrips
        accepted += other.accepted
        duplicates += other.duplicates
        refused += other.refused
        pulled += other.pulled
        snapshots += other.snapshots
        schemas += other.schemas
        healed += other.healed
    }
}

/// A trouble that the client has mended by itself, and that the app may want to know of.
public enum HealedTrouble: Sendable, Hashable {
    /// The device's clock is wrong; readings are corrected by so many milliseconds from now on.
    case clockCorrected(by: Int64)
    /// Another installation wrote under this one's replica id: this one was copied or restored. So
    /// many pending events were written anew under a new id.
    case replicaReplaced(stream: StreamID, old: ReplicaID, new: ReplicaID, reissued: Int)
    /// The state's hash was not the server's; a snapshot was taken in its place.
    case stateReplaced(stream: StreamID, ours: String, theirs: String)
    /// The server's log lacks what it had accepted: it was restored from an older copy, or is
    /// another one. Its state was taken, and so many pending events were written anew on top.
    case logReplaced(stream: StreamID, reissued: Int)
    /// The stream was adopted into another one; so many events that waited in it were written anew
    /// there.
    case streamMoved(from: StreamID, to: StreamID, reissued: Int)
}
