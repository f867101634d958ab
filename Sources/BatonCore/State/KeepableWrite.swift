/// A live write that may be a keep: one that stands for an earlier write (specification section 5.5).
public protocol KeepableWrite {
    /// The event that put it there.
    var stamp: Stamp { get }
    /// Of a keep: the write that is kept. `nil` for a write of its own.
    var origin: Origin? { get }
}

extension KeepableWrite {
    /// The event that first wrote the value.
    public var originDot: Dot { origin?.dot ?? stamp.dot }

    /// When the value was first written; of a keep never later than the keep itself, so that nobody
    /// makes a value newer by keeping it.
    public var writtenAt: Timestamp {
        origin.map { min($0.timestamp, stamp.timestamp) } ?? stamp.timestamp
    }

    /// The first write's place in the log; ``Offset/start`` where that is not known.
    ///
    /// A writer cannot name the place of its own earlier write while that is pending. The log holds
    /// a replica's events in their order, so the write stands at least as far before the keep as
    /// their counters are apart: exactly so far where one push brought both.
    var originOffset: Offset {
        guard let origin else { return stamp.offset }
        let distance = stamp.dot.counter.rawValue &- origin.dot.counter.rawValue
        guard origin.offset == .start, origin.dot.replica == stamp.dot.replica,
            origin.dot < stamp.dot, distance < stamp.offset.rawValue
        else { return origin.offset }
        return Offset(rawValue: stamp.offset.rawValue - distance)
    }
}

extension Stamp {
    /// Whether an operation of this event takes `write` away: its writer had seen it, and of a keep
    /// also the origin, where that has a place that the keep's writer had seen.
    ///
    /// Who has seen a keep has seen its origin, but for one case: what waited on a stream that was
    /// adopted names the adoption's events, and not what these kept of the adopting stream.
    func covers(_ write: some KeepableWrite) -> Bool {
        guard covers(write.stamp) else { return false }
        guard let origin = write.origin, write.stamp.dot != dot else { return true }
        let place = write.originOffset
        return place == .start || context.covers(origin.dot, at: place)
            || !write.stamp.context.covers(origin.dot, at: place)
    }
}
