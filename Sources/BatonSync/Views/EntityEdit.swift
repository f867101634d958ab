public import BatonCore

/// Changes to one entity, collected to become part of an event.
///
/// A place is named by the parts of its path: `edit.set(.integer(3), at: "lines", "sku-1", "quantity")`.
public struct EntityEdit {
    /// The entity.
    public let id: EntityID
    /// The entity as it was before the edit; `nil` where nothing lives in it.
    public let value: Value?
    /// The time of the edit: milliseconds since 1970.
    public let now: Int64
    /// What has been collected, in order.
    public private(set) var operations: [FieldOperation] = []

    init(id: EntityID, value: Value?, now: Int64) {
        self.id = id
        self.value = value
        self.now = now
    }

    /// Adds any action.
    public mutating func act(_ action: Action, at path: FieldPath) {
        operations.append(FieldOperation(id, path, action))
    }

    /// Writes a register, or sets a count.
    public mutating func set(_ value: Value, at path: String...) { act(.set(value), path) }

    /// Empties a register, a count, a set or a map.
    public mutating func clear(_ path: String...) { act(.clear, path) }

    /// Adds to a count.
    public mutating func add(_ number: Int64, to path: String...) {
        act(.add(.integer(number)), path)
    }

    /// Adds an element to a set.
    public mutating func insert(_ element: Value, into path: String...) { act(.add(element), path) }

    /// Removes an element of a set, or a key (as text) of a map.
    public mutating func remove(_ element: Value, from path: String...) {
        act(.remove(element), path)
    }

    /// Moves a workflow along one of its edges; from the empty text for its first move.
    public mutating func move(from: String, to: String, at path: String...) {
        act(.move(from: ExactText(from), to: ExactText(to)), path)
    }

    /// Appends a fact to a log.
    public mutating func append(_ fact: Value, to path: String...) { act(.append(fact), path) }

    private mutating func act(_ action: Action, _ path: [String]) {
        act(action, at: FieldPath(path.map { ExactText($0) }))
    }
}
