/// One change to one place in one entity (specification section 4.2).
public struct FieldOperation: Hashable, Sendable {
    /// The entity it changes.
    public let entity: EntityID
    /// The place in the entity.
    public let path: FieldPath
    /// What it does there.
    public let action: Action

    /// Says what to do where.
    public init(_ entity: EntityID, _ path: FieldPath, _ action: Action) {
        self.entity = entity
        self.path = path
        self.action = action
    }
}

/// What an operation does at its place. Which actions a place allows is up to its merge rule.
public enum Action: Hashable, Sendable {
    /// Writes a register, or sets the base of a count.
    case set(Value)
    /// Clears a register or a count; removes what was seen of a set or a map.
    case clear
    /// Adds to a count, or adds an element to a set.
    case add(Value)
    /// Removes an element of a set, or a key of a map, as far as it was seen.
    case remove(Value)
    /// Moves a workflow along one of its edges.
    case move(from: ExactText, to: ExactText)
    /// Appends a fact to a log.
    case append(Value)
    /// Says again what a map entry held when another part of it was edited, so that the entry is
    /// whole if it is removed at the same time (specification section 5.5).
    case keep(Value, Origin)
    /// An action of a newer version: kept and passed on as it came (encoded operation), not applied.
    case unknown([UInt8])
}

/// Which write a kept value came from, so that a keep never looks newer than that write.
public struct Origin: Hashable, Sendable {
    /// The event that first wrote the value.
    public let dot: Dot
    /// That event's place in the log; ``Offset/start`` if it had none yet.
    public let offset: Offset
    /// That event's timestamp.
    public let timestamp: Timestamp
    /// Whether the keep takes nobody's place, though its writer had seen other supports of the write:
    /// so do the keeps of an adoption.
    public let isBeside: Bool

    /// Names the first write.
    public init(dot: Dot, offset: Offset, timestamp: Timestamp, isBeside: Bool = false) {
        self.dot = dot
        self.offset = offset
        self.timestamp = timestamp
        self.isBeside = isBeside
    }
}
