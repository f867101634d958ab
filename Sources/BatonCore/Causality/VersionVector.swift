/// What has been seen of a stream: for each replica, all of its events up to a counter.
///
/// Never pruned, by size or by age (`protocol/specification.md`, section 3.3): a vector that forgets
/// makes concurrent writes look newer. Source: Parker et al., "Detection of Mutual Inconsistency in
/// Distributed Systems", IEEE TSE 1983.
public struct VersionVector: Hashable, Sendable {
    /// The highest counter seen of each replica; never 0.
    public private(set) var counters: [ReplicaID: Counter]

    /// Nothing seen.
    public init() { counters = [:] }

    /// Everything up to each counter seen; entries of 0 are left out.
    public init(_ counters: [ReplicaID: Counter]) {
        self.counters = counters.filter { $0.value != .none }
    }

    /// The highest counter seen of `replica`; ``Counter/none`` where nothing was.
    public subscript(replica: ReplicaID) -> Counter { counters[replica] ?? .none }

    /// True while nothing has been seen.
    public var isEmpty: Bool { counters.isEmpty }

    /// Whether the event at `dot` has been seen. O(1).
    public func covers(_ dot: Dot) -> Bool { dot.counter <= self[dot.replica] }

    /// Sees everything up to and including `dot`.
    public mutating func insert(_ dot: Dot) {
        if dot.counter > self[dot.replica] { counters[dot.replica] = dot.counter }
    }

    /// Sees the event that comes next after those seen of its replica.
    mutating func advance(to dot: Dot) { counters[dot.replica] = dot.counter }

    /// Sees all that `other` has seen: the least vector that covers both. O(entries of `other`).
    public mutating func merge(_ other: VersionVector) {
        counters.merge(other.counters) { max($0, $1) }
    }

    /// The partial order of what was seen. O(entries of both).
    public func order(to other: VersionVector) -> CausalOrder {
        let hasMore = counters.contains { $0.value > other[$0.key] }
        let hasLess = other.counters.contains { $0.value > self[$0.key] }
        switch (hasMore, hasLess) {
        case (false, false): return .equal
        case (true, false): return .after
        case (false, true): return .before
        case (true, true): return .concurrent
        }
    }

    /// The entries by replica, in ascending order.
    public var sorted: [Dot] {
        counters.map { Dot($0.key, $0.value) }.sorted()
    }
}
