/// Facts in the order of their timestamps; all are kept.
public struct LogLeaf: Hashable, Sendable {
    /// One fact.
    public struct Fact: Hashable, Sendable {
        /// The event that appended it.
        public let stamp: Stamp
        /// The fact itself.
        public let value: Value

        /// Joins the parts.
        public init(stamp: Stamp, value: Value) {
            self.stamp = stamp
            self.value = value
        }
    }

    /// The facts by (timestamp, dot), and by their order within one event.
    public private(set) var facts: [Fact]

    /// Holds these facts, as they were stored, in their order.
    public init(_ facts: [Fact] = []) { self.facts = facts }

    /// Appends a fact at its place in time. O(1) for the newest, else O(log n) to find its place, and
    /// what is newer moves up by one in memory.
    mutating func append(_ value: Value, by stamp: Stamp) {
        let index = facts.placeFromEnd { Self.precedes(stamp, $0.stamp) }
        facts.insert(Fact(stamp: stamp, value: value), at: index)
    }

    private static func precedes(_ left: Stamp, _ right: Stamp) -> Bool {
        left.timestamp != right.timestamp
            ? left.timestamp < right.timestamp : left.dot < right.dot
    }

    var isEmpty: Bool { facts.isEmpty }
}
