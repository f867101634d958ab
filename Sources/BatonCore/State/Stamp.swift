/// The event that put something into the state: its identity, its place and what it had seen.
public struct Stamp: Hashable, Sendable {
    /// The event's identity.
    public let dot: Dot
    /// Its place in the log; ``Offset/start`` while it is pending on the device that wrote it.
    public let offset: Offset
    /// What its writer had seen.
    public let context: Context
    /// Its timestamp.
    public let timestamp: Timestamp

    /// Joins the parts.
    public init(dot: Dot, offset: Offset, context: Context, timestamp: Timestamp) {
        self.dot = dot
        self.offset = offset
        self.context = context
        self.timestamp = timestamp
    }

    /// Whether an operation of this event takes away what `other` put there: its writer had seen
    /// that event, or it is an earlier operation of this same event.
    func covers(_ other: Stamp) -> Bool { covers(other.dot, at: other.offset) }

    /// The same of the event `other`, which stands at `offset`.
    func covers(_ other: Dot, at offset: Offset) -> Bool {
        other == dot || context.covers(other, at: offset)
    }
}
