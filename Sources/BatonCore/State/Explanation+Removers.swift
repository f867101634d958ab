/// All that took something away at a place: what was done there, and the removals above it.
struct Removers {
    private let rule: Rule
    /// What was done at the place and may take away, in the order of the log.
    private let here: [RecordedOperation]
    /// The removals that reached it from above, in the order of the log.
    private let above: RemovalsAbove
    /// Of `here`, the removals that are told of to those who had not seen them.
    private let removals: [RecordedOperation]
    /// The same with what sets a count's base, of which increments tell.
    private let removalsAndBases: [RecordedOperation]
    /// Who wrote a register: its clears are writes like others, and told of as such.
    private let writers: Set<String>

    /// O(n log n) in `operations`, the place's own.
    init(here operations: [RecordedOperation], above: RemovalsAbove, rule: Rule) {
        self.rule = rule
        self.above = above
        here = operations.filter { $0.mayTakeAway(rule: rule) }
            .sorted { $0.stamp.offset < $1.stamp.offset }
        if case .register = rule {
            removals = []
            removalsAndBases = []
            writers = above.isEmpty ? [] : Set(operations.map(\.stamp.dot.short))
        } else {
            removals = here.filter(\.isRemoval)
            removalsAndBases = here.filter { $0.isRemoval || $0.isBase(rule: rule) }
            writers = []
        }
    }

    /// The order in which writes are told of: that of the log, pending ones last.
    static func order(_ left: Stamp, _ right: Stamp) -> Bool {
        let places = (left.toldPlace, right.toldPlace)
        return places.0 != places.1 ? places.0 < places.1 : left.dot < right.dot
    }

    /// The first event that took away what `write` wrote here. O(log n), and a look at those since the
    /// write that had not seen it.
    func first(taking write: RecordedOperation) -> RecordedOperation? {
        let stamp = write.stamp
        // By index: a copy of each that is only looked at would take longer than the look.
        var own = Self.start(of: stamp.offset, in: here)
        while own < here.count {
            if here[own].stamp.covers(stamp.dot, at: stamp.offset),
                here[own].takesAway(write.operation.action, rule: rule),
                here[own].stamp.dot != stamp.dot || here[own].operation != write.operation
            {
                break
            }
            own += 1
        }
        for index in Self.start(of: stamp.offset, in: above)..<above.count {
            // Of one event, what was done here is told of first.
            if own < here.count, here[own].stamp.offset <= above.stamp(index).offset { break }
            if above.stamp(index).covers(stamp.dot, at: stamp.offset) { return above[index] }
        }
        return own < here.count ? here[own] : nil
    }

    /// They stand in the order of the log; what came before a write cannot have seen it.
    private static func start<Operations: RandomAccessCollection>(
        of offset: Offset, in operations: Operations
    ) -> Int where Operations.Element == RecordedOperation, Operations.Index == Int {
        var (low, high) = (0, operations.count)
        while low < high {
            let middle = (low + high) / 2
            if operations[middle].stamp.offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// At most so many of the removals above, the newest, in the order in which they are told of.
    func newestAbove(_ most: Int) -> [RecordedOperation] {
        // What is pending has no offset, and stands before all else here.
        let pending = above.prefix { $0.stamp.offset == .start }
        let newest = pending.sorted { $0.stamp.dot < $1.stamp.dot }.suffix(most)
        return above[pending.endIndex...].suffix(most - newest.count) + newest
    }

    /// Of those that had not seen a live write, and would have taken it away, the names, at most
    /// ``Explanation/mostConcurrent``.
    func unseen(_ value: Value?, by stamp: Stamp, isIncrement: Bool) -> [String] {
        var names: [String] = []
        let told = isIncrement ? removalsAndBases : removals
        let adding = Action.add(value ?? .null)
        var (next, nextAbove) = (0, 0)
        var last: Dot?
        while names.count < Explanation.mostConcurrent, next < told.count || nextAbove < above.count
        {
            let isHere =
                nextAbove == above.count
                || next < told.count
                    && told[next].stamp.offset <= above.stamp(nextAbove).offset
            let dot: Dot
            let word: String
            if isHere {
                let index = next
                next += 1
                guard told[index].stamp.isConcurrent(with: stamp) else { continue }
                let remover = told[index]
                dot = remover.stamp.dot
                if remover.isRemoval && remover.takesAway(adding, rule: rule) {
                    word = "removal"
                } else if isIncrement && remover.isBase(rule: rule) {
                    word = "set"
                } else {
                    continue
                }
            } else {
                let index = nextAbove
                nextAbove += 1
                dot = above.stamp(index).dot
                // One event may have many, one after the other.
                guard dot != last, above.stamp(index).isConcurrent(with: stamp) else { continue }
                last = dot
                word = "removal"
            }
            let name = "the \(word) \(dot.short)"
            if !names.contains(name), !writers.contains(dot.short) { names.append(name) }
        }
        return names
    }
}

extension Stamp {
    /// Whether neither event's author had seen the other.
    func isConcurrent(with other: Stamp) -> Bool {
        !covers(other.dot, at: other.offset) && !other.covers(dot, at: offset)
    }

    fileprivate var toldPlace: UInt64 { offset == .start ? .max : offset.rawValue }
}

extension RecordedOperation {
    /// Whether it only takes away.
    var isRemoval: Bool {
        switch operation.action {
        case .remove, .clear: return true
        default: return false
        }
    }

    /// Whether it sets the base of a count.
    fileprivate func isBase(rule: Rule) -> Bool {
        guard case (.count, .set) = (rule, operation.action) else { return false }
        return true
    }

    /// Whether it takes away what `other` wrote at the same place, where it had seen it.
    fileprivate func takesAway(_ other: Action, rule: Rule) -> Bool {
        switch (rule, operation.action) {
        case (.set, .add(let element)), (.set, .remove(let element)), (.set, .keep(let element, _)):
            return other == .add(element)
        default: return mayTakeAway(rule: rule)
        }
    }

    /// Whether there is something that it takes away at its place.
    fileprivate func mayTakeAway(rule: Rule) -> Bool {
        switch (rule, operation.action) {
        case (.set, .add), (.set, .remove), (.set, .keep), (.set, .clear), (.count, .clear),
            (.count, .set), (.register, .set), (.register, .clear), (.workflow, .move):
            return true
        default: return false
        }
    }
}
