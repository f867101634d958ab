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
        /// When the value was first written; of a keep never later than the keep itself, so that
        /// nobody makes a value newer by keeping it.
        public var writtenAt: Timestamp {
            origin.map { min($0.timestamp, stamp.timestamp) } ?? stamp.timestamp
        }

        /// The first write's place in the log; ``Offset/start`` where that is not known.
        ///
        /// A writer cannot name the place of its own earlier write while that is pending. The log
        /// holds a replica's events in their order, so the write stands at least as far before the
        /// keep as their counters are apart: exactly so far where one push brought both.
        var originOffset: Offset {
            guard let origin else { return stamp.offset }
            let distance = stamp.dot.counter.rawValue &- origin.dot.counter.rawValue
            guard origin.offset == .start, origin.dot.replica == stamp.dot.replica,
                origin.dot < stamp.dot, distance < stamp.offset.rawValue
            else { return origin.offset }
            return Offset(rawValue: stamp.offset.rawValue - distance)
        }
    }

    /// All live writes, in no meaningful order.
    public private(set) var versions: [Version]

    /// Holds these writes, as they were stored.
    public init(_ versions: [Version] = []) { self.versions = versions }

    /// A write: removes every write that it had seen, then adds its own.
    mutating func write(_ value: Value?, from: ExactText? = nil, by stamp: Stamp) {
        versions.removeEach { stamp.covers($0.stamp) }
        versions.append(Version(stamp: stamp, value: value, from: from))
    }

    /// A keep: adds another support to a write, in place of the keeps of it that it had seen, or
    /// beside these.
    mutating func keep(_ value: Value, origin: Origin, by stamp: Stamp) {
        if !origin.isBeside {
            versions.removeEach {
                $0.origin?.dot == origin.dot && stamp.covers($0.stamp)
            }
        }
        let kept = Origin(dot: origin.dot, offset: origin.offset, timestamp: origin.timestamp)
        versions.append(Version(stamp: stamp, value: value, origin: kept))
    }

    /// Removes every write that `stamp`'s writer had seen.
    mutating func remove(by stamp: Stamp) {
        versions.removeEach { stamp.covers($0.stamp) }
    }

    var isEmpty: Bool { versions.isEmpty }
}
