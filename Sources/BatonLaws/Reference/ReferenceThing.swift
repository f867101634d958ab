import BatonCore

extension ReferenceState {
    /// One operation of an event, and what it leaves at its place.
    struct Thing {
        let author: ReferenceEvent
        /// The operation's number within its event.
        let number: Int
        let operation: FieldOperation
        /// The rule at the place; `nil` where the operation was not understood.
        let rule: Rule?

        var dot: Dot { author.dot }
        var time: Timestamp { author.event.timestamp }
        var path: [ExactText] { operation.path.components }

        /// The write that a keep says again.
        var keptOrigin: Origin? {
            if case .keep(_, let origin) = operation.action { return origin }
            return nil
        }
        /// The write that a keep says again, else the thing's own event.
        var origin: Dot { keptOrigin?.dot ?? dot }
        var isKeep: Bool { keptOrigin != nil }
        /// What counts for `latest`.
        var writtenAt: Timestamp { keptOrigin.map { min($0.timestamp, time) } ?? time }

        /// Where it says that its origin stands in the log (section 5.5); 0 where it does not know.
        var originPlace: UInt64 {
            guard let origin = keptOrigin else { return author.offset }
            if origin.offset.rawValue > 0 || origin.dot.replica != dot.replica {
                return origin.offset.rawValue
            }
            let distance = Int64(dot.counter.rawValue) - Int64(origin.dot.counter.rawValue)
            return UInt64(max(0, Int64(author.offset) - distance))
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
        var isIncrement: Bool {
            if case .add = operation.action { return true }
            return false
        }
        var number64: Int64 { value?.integer ?? 0 }
    }
}

extension ReferenceState.Thing {
    /// Whether its writer had seen the other, or wrote it earlier in the same event.
    func saw(_ other: ReferenceState.Thing) -> Bool {
        dot == other.dot
            ? other.number < number : author.covers(other.dot, at: other.author.offset)
    }

    /// Whether the operation leaves something behind at all.
    var isPut: Bool {
        switch (rule, operation.action) {
        case (nil, _), (.register, _): return true
        case (_, .remove), (_, .clear): return false
        default: return true
        }
    }

    /// Whether the operation takes anything away.
    var takes: Bool {
        switch (rule, operation.action) {
        case (nil, _), (.log, _), (.count, .add): return false
        case (_, .keep(_, let origin)): return !origin.isBeside
        default: return true
        }
    }

    /// Whether the operation takes away what `other` put, provided that its author saw it.
    func takesAway(_ other: ReferenceState.Thing) -> Bool {
        guard let rule, operation.entity == other.operation.entity else { return false }
        let there = other.path
        switch (rule, operation.action) {
        case (.map, .remove(.text(let key))): return there.starts(with: path + [key])
        case (.map, .clear): return there.count > path.count && there.starts(with: path)
        case _ where other.rule == nil || path != there: return false
        case (.register, .keep), (.workflow, .keep): return other.isKeep && other.origin == origin
        case (.register, _), (.workflow, _), (.count, .set), (.count, .clear), (.set, .clear):
            return true
        case (.set, .remove(let element)): return other.value == element
        case (.set, _): return other.value == value
        default: return false
        }
    }

    /// Of a move: the state that the first of its event's moves left, of those that follow each
    /// other with nothing taken away between.
    func firstFrom(of schemas: SchemaSet) -> ExactText? {
        guard case .move(var from, _) = operation.action else { return nil }
        for (place, earlier) in author.event.operations.prefix(number).enumerated().reversed()
        where earlier.entity == operation.entity {
            let thing = ReferenceState.Thing(
                author: author, number: place, operation: earlier,
                rule: ReferenceState.rule(for: earlier, schemas))
            guard thing.takesAway(self) else { continue }
            guard case .move(let before, _) = earlier.action else { break }
            from = before
        }
        return from
    }
}
