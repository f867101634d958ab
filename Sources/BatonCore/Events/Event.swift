/// An immutable fact: what one replica did, and what it had seen when it did it.
///
/// All of an event's operations happen or none do.
public struct Event: Hashable, Sendable {
    /// The event's identity.
    public let dot: Dot
    /// What the writer had seen.
    public let context: Context
    /// The writer's hybrid clock.
    public let timestamp: Timestamp
    /// Where the writer stood.
    public let channel: ChannelName
    /// What it did, in order.
    public let operations: [FieldOperation]

    /// Joins the parts; the context's replica must be the dot's.
    public init(
        dot: Dot, context: Context, timestamp: Timestamp, channel: ChannelName,
        operations: [FieldOperation]
    ) {
        precondition(
            context.replica == dot.replica && context.own < dot.counter,
            "event \(dot): its context is of \(context.replica) up to \(context.own)")
        self.dot = dot
        self.context = context
        self.timestamp = timestamp
        self.channel = channel
        self.operations = operations
    }
}

/// What stands in a log under a dot: an event, or the record that one was refused for good (L7).
public enum Entry: Hashable, Sendable {
    /// What a replica did.
    case event(Event)
    /// The record that the event of this dot was refused for good.
    case void(Dot, Refusal)

    /// The identity of the event, or of the refused one.
    public var dot: Dot {
        switch self {
        case .event(let event): return event.dot
        case .void(let dot, _): return dot
        }
    }
}
