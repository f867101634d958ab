public import BatonCore

/// An event of this client that was refused for good. It is kept until the app has decided.
public struct RefusedEvent: Sendable, Hashable, Identifiable {
    /// The stream that it was written to.
    public let stream: StreamID
    /// What was written.
    public let event: Event
    /// Why it was refused: the code is for the program, the reason for a person.
    public let refusal: Refusal

    /// Joins the parts.
    package init(stream: StreamID, event: Event, refusal: Refusal) {
        self.stream = stream
        self.event = event
        self.refusal = refusal
    }

    /// Stream and dot: unique in the store.
    public var id: String { "\(stream)/\(dot)" }

    /// The event's identity; a record of the refusal stands under it in the log.
    public var dot: Dot { event.dot }

    /// What the app asked for, without what the SDK had added.
    public var operations: [FieldOperation] { event.askedOperations }
}
