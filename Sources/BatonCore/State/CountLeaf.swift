/// The live bases and increments of a count.
public struct CountLeaf: Hashable, Sendable {
    /// One live `set` or `add`.
    public struct Part: Hashable, Sendable {
        /// The event that wrote it.
        public let stamp: Stamp
        /// The number it set or added.
        public let number: Int64

        /// Joins the parts.
        public init(stamp: Stamp, number: Int64) {
            self.stamp = stamp
            self.number = number
        }
    }

    /// The live `set`s.
    public private(set) var bases: [Part]
    /// The live `add`s.
    public private(set) var increments: [Part]

    /// Holds these parts, as they were stored.
    public init(bases: [Part] = [], increments: [Part] = []) {
        self.bases = bases
        self.increments = increments
    }

    /// A new base, in place of all that its writer had seen.
    mutating func set(_ number: Int64, by stamp: Stamp) {
        remove(by: stamp)
        bases.append(Part(stamp: stamp, number: number))
    }

    /// An increment; several in one event add up.
    mutating func add(_ number: Int64, by stamp: Stamp) {
        let last = increments.count - 1
        if last >= 0, increments[last].stamp.dot == stamp.dot {
            increments[last] = Part(
                stamp: stamp, number: increments[last].number.addingWithinLimits(number))
        } else {
            increments.append(Part(stamp: stamp, number: number))
        }
    }

    /// Removes all that `stamp`'s writer had seen.
    mutating func remove(by stamp: Stamp) {
        bases.removeEach { stamp.covers($0.stamp) }
        increments.removeEach { stamp.covers($0.stamp) }
    }

    var isEmpty: Bool { bases.isEmpty && increments.isEmpty }
}

extension Int64 {
    /// The sum, held within what an integer value may be.
    func addingWithinLimits(_ other: Int64) -> Int64 {
        let limit = Int64(largestExactInteger)
        let (sum, overflow) = addingReportingOverflow(other)
        if overflow { return self < 0 ? -limit : limit }
        return Swift.min(Swift.max(sum, -limit), limit)
    }
}
