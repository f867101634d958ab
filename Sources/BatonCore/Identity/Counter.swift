/// The largest number that counters, offsets and integer values may hold: 2^53 − 1, the largest
/// integer that every JSON reader keeps exactly (RFC 8259, section 6).
public let largestExactInteger: UInt64 = (1 << 53) - 1

/// A replica's own count of its events in one stream: 1, 2, 3 … with no gaps (promise L2).
public struct Counter: RawRepresentable, Hashable, Comparable, Sendable {
    /// 0 means "none yet"; at most ``largestExactInteger``.
    public let rawValue: UInt64

    /// Wraps a number as it came; 0 stands for "none yet".
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// No event yet.
    public static let none = Counter(rawValue: 0)

    /// The counter that must follow this one.
    public var next: Counter { Counter(rawValue: rawValue + 1) }

    public static func < (left: Counter, right: Counter) -> Bool { left.rawValue < right.rawValue }
}

/// An event's place in its stream's log, dense from 1, given by the server (promise L1).
public struct Offset: RawRepresentable, Hashable, Comparable, Sendable {
    /// 0 means "before the first event", or, on an event, "not in the log yet".
    public let rawValue: UInt64

    /// Wraps a number as it came; 0 stands for "before the first".
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Before the first event; on an event: not in the log yet.
    public static let start = Offset(rawValue: 0)

    /// The place after this one.
    public var next: Offset { Offset(rawValue: rawValue + 1) }

    public static func < (left: Offset, right: Offset) -> Bool { left.rawValue < right.rawValue }
}

extension Counter: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension Offset: CustomStringConvertible {
    public var description: String { String(rawValue) }
}
