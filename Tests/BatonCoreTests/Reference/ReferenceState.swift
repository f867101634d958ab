import BatonCore

/// What a set of events means, by definition: every operation puts a thing somewhere, or takes
/// things away that its author had seen; what nobody took away lives. Slow, and in no order.
struct ReferenceState {
    /// Something that an operation puts at a place.
    struct Thing {
        let author: ReferenceEvent
        /// The operation's number within its event.
        let number: Int
        let operation: FieldOperation
        /// The rule at the place; `nil` where the operation was not understood.
        let rule: Rule?

        var dot: Dot { author.event.dot }
        var time: Timestamp { author.event.timestamp }

        /// The write that a keep says again, else the thing's own event.
        var origin: Dot {
            if case .keep(_, let origin) = operation.action { return origin.dot }
            return dot
        }
        var isKeep: Bool {
            if case .keep = operation.action { return true }
            return false
        }
        var writtenAt: Timestamp {
            if case .keep(_, let origin) = operation.action { return min(origin.timestamp, time) }
            return time
        }
        /// What it says; `nil` of a clear.
        var value: Value? {
            switch operation.action {
            case .set(let value), .add(let value), .append(let value), .keep(let value, _):
                return value
            case .move(_, let to): return .text(to)
            default: return nil
            }
        }
    }

    let schemas: SchemaSet
    /// Everything that lives.
    let live: [Thing]

    init(_ events: [ReferenceEvent], _ schemas: SchemaSet) {
        self.schemas = schemas
        let all = events.flatMap { author in
            author.event.operations.enumerated().map { number, operation in
                Thing(
                    author: author, number: number, operation: operation,
                    rule: Self.rule(for: operation, schemas))
            }
        }
        live = all.filter { thing in
            thing.isPut && !all.contains { $0.takesAway(thing) && $0.saw(thing) }
        }
    }

    /// The rule at the operation's place, if the action fits it.
    private static func rule(for operation: FieldOperation, _ schemas: SchemaSet) -> Rule? {
        guard let schema = schemas[operation.entity.type] else { return nil }
        var rule = Rule.record(schema.root)
        for part in operation.path.components {
            switch rule {
            case .record(let record):
                guard let field = record.fields.first(where: { $0.name == part }) else {
                    return nil
                }
                rule = field.rule
            case .map(let below): rule = below
            default: return nil
            }
        }
        switch (rule, operation.action) {
        case (.register, .set), (.register, .clear), (.register, .keep), (.workflow, .move),
            (.workflow, .keep), (.count, .set(.integer)), (.count, .add(.integer)),
            (.count, .clear), (.set, .add), (.set, .remove), (.set, .clear), (.set, .keep),
            (.map, .remove(.text)), (.map, .clear), (.log, .append):
            return rule
        default: return nil
        }
    }
}

extension ReferenceState.Thing {
    func saw(_ other: ReferenceState.Thing) -> Bool {
        dot == other.dot ? other.number < number : author.hasSeen(other.dot)
    }

    /// Whether the operation leaves something behind at all.
    var isPut: Bool {
        switch (rule, operation.action) {
        case (nil, _), (.register, _): return true
        case (_, .remove), (_, .clear): return false
        default: return true
        }
    }

    /// Whether the operation takes away what `other` put, provided that its author saw it.
    func takesAway(_ other: ReferenceState.Thing) -> Bool {
        guard let rule, operation.entity == other.operation.entity else { return false }
        let place = operation.path.components
        let there = other.operation.path.components
        switch (rule, operation.action) {
        case (.map, .remove(.text(let key))): return there.starts(with: place + [key])
        case (.map, .clear): return there.count > place.count && there.starts(with: place)
        case _ where other.rule == nil || place != there: return false
        case (.register, .keep), (.workflow, .keep): return other.isKeep && other.origin == origin
        case (.register, _), (.workflow, _), (.count, .set), (.count, .clear), (.set, .clear):
            return true
        case (.set, .remove(let element)): return other.value == element
        case (.set, _): return other.value == value
        default: return false
        }
    }
}
