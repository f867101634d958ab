/// A reading of a hybrid logical clock: wall time, refined by a logical tick.
///
/// Order: time, then tick. It decides only between concurrent events; causality goes first (L8).
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z, not negative.
    public let milliseconds: Int64
    /// Counts readings within one millisecond, or while the wall clock stands behind, from 0.
    public let tick: UInt32

    /// Joins wall time and tick.
    public init(milliseconds: Int64, tick: UInt32 = 0) {
        self.milliseconds = milliseconds
        self.tick = tick
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds != right.milliseconds
            ? left.milliseconds < right.milliseconds : left.tick < right.tick
    }
}

extension Timestamp: CustomStringConvertible {
    /// `milliseconds.tick`.
    public var description: String { "\(milliseconds).\(tick)" }
}
