public import BatonCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A point in time, to the millisecond, from the year 0 to 9999.
public struct Instant: FieldContent, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// The time so many milliseconds after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The time of a date, without what it has below a millisecond.
    public init(_ date: Date) {
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// The same as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Reads `2026-01-31T12:00:00.000Z`.
    public init?(fieldValue: Value) {
        guard let text = fieldValue.string,
            let milliseconds = InstantFormat.milliseconds(of: text)
        else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The time as a value.
    public var fieldValue: Value { .string(description) }

    /// `2026-01-31T12:00:00.000Z`.
    public var description: String { InstantFormat.text(milliseconds: milliseconds) }

    /// Which one is earlier.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
