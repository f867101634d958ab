public import BatonCore

/// Where a stream's log is not what was written, and how that shows.
public struct LogFinding: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The first offset that cannot be trusted. The hash of a chain stands behind each chunk, so
    /// this is the first entry of the chunk in which the damage lies. ``Offset/start`` for what
    /// belongs to no offset.
    public let offset: Offset
    /// What is wrong there.
    public let reason: String
    /// The stored snapshot that it is about, where it is about one.
    public let snapshot: SnapshotKind?

    /// Joins the parts.
    public init(offset: Offset, reason: String, snapshot: SnapshotKind? = nil) {
        self.offset = offset
        self.reason = reason
        self.snapshot = snapshot
    }

    /// `offset 7: reason`.
    public var description: String { offset == .start ? reason : "offset \(offset): \(reason)" }

    /// By offset.
    public static func < (one: LogFinding, other: LogFinding) -> Bool { one.offset < other.offset }
}
