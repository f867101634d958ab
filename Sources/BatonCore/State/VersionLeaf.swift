/// The live writes of a register, or the live moves of a workflow.
public struct VersionLeaf: Hashable, Sendable {
    /// One live write.
    public struct Version: Hashable, Sendable {
        /// The event that supports it.
        public let stamp: Stamp
        /// What was written; `nil` where the register was cleared.
        public let value: Value?
        /// Of a move: the state it left.
        public let from: ExactText?
        /// Of a keep: the write that is kept. `nil` for a write of its own.
        public let origin: Origin?

        /// Joins the parts.
        public init(stamp: Stamp, value: Value?, from: ExactText? = nil, origin: Origin? = nil) {
            self.stamp = stamp
            self.value = value
            self.from = from
            self.origin = origin
        }

        /// The event that first wrote the value.
        public var originDot: Dot { origin?.dot ?? stamp.dot }
        var originOffset: Offset { origin?.offset ?? stamp.offset }
        /// When the value was first written.
        public var writtenAt: Timestamp { origin?.timestamp ?? stamp.timestamp }
    }

    /// All live writes, in no meaningful order.
    public private(set) var versions: [Version]

    /// Holds these writes, as they were stored.
    public init(_ versions: [Version] = []) { self.versions = versions }

    /// A write: removes every write that it had seen, then adds its own.
    mutating func write(_ value: Value?, from: ExactText? = nil, by stamp: Stamp) {
        versions.removeAll { stamp.covers($0.stamp) }
        versions.append(Version(stamp: stamp, value: value, from: from))
    }

    /// A keep: adds another support to a write, in place of the supports that it had seen.
    mutating func keep(_ value: Value, origin: Origin, by stamp: Stamp) {
        versions.removeAll {
            $0.origin?.dot == origin.dot && stamp.covers($0.stamp)
        }
        versions.append(Version(stamp: stamp, value: value, origin: origin))
    }

    /// Removes every write that `stamp`'s writer had seen.
    mutating func remove(by stamp: Stamp) {
        versions.removeAll { stamp.covers($0.stamp) }
    }

    var isEmpty: Bool { versions.isEmpty }

    /// The writes that count: one for each origin, without those that another live write's author
    /// had seen and not kept. In the order of their origins.
    public var visible: [Version] {
        guard versions.count > 1 else { return versions }
        var byOrigin: [Dot: Version] = [:]
        for version in versions {
            guard let other = byOrigin[version.originDot] else {
                byOrigin[version.originDot] = version
                continue
            }
            // The write itself stands for its keeps; of several keeps the lowest dot.
            let isFirst =
                version.origin == nil
                || (other.origin != nil && version.stamp.dot < other.stamp.dot)
            if isFirst { byOrigin[version.originDot] = version }
        }
        return byOrigin.values.filter { !isSuperseded($0) }
            .sorted { $0.originDot < $1.originDot }
    }

    private func isSuperseded(_ version: Version) -> Bool {
        versions.contains { other in
            other.originDot != version.originDot
                && other.stamp.context.covers(version.originDot, at: version.originOffset)
                && !versions.contains {
                    $0.stamp.dot == other.stamp.dot && $0.originDot == version.originDot
                }
        }
    }
}
