/// An event's identity: which replica wrote it, and which of that replica's events it is.
public struct Dot: Hashable, Sendable {
    /// The replica that wrote the event.
    public let replica: ReplicaID
    /// The event's number among that replica's events in the stream, from 1.
    public let counter: Counter

    /// Names the `counter`-th event of `replica`.
    public init(_ replica: ReplicaID, _ counter: Counter) {
        self.replica = replica
        self.counter = counter
    }
}

extension Dot: Comparable {
    /// By replica, then by counter: a total order with no meaning but its determinism.
    public static func < (left: Dot, right: Dot) -> Bool {
        left.replica != right.replica
            ? left.replica < right.replica : left.counter < right.counter
    }
}

extension Dot: CustomStringConvertible {
    /// `replica:counter`.
    public var description: String { "\(replica):\(counter)" }

    /// Reads `replica:counter`; `nil` for anything else, also for a counter of 0 or with a sign or
    /// leading zeros: every dot has one text.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let replica = ReplicaID(parts[0]),
            let counter = UInt64(parts[1]), counter > 0, counter <= largestExactInteger,
            String(counter) == parts[1]
        else { return nil }
        self.init(replica, Counter(rawValue: counter))
    }
}
