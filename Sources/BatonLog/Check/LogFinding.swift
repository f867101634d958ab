public import BatonCore

/// Where a stream's log is not what was written, and how that shows.
public struct LogFinding: Hashable, Sendable, CustomStringConvertible {
    /// The first offset that cannot be trusted. The hash of a chain stands behind each chunk, so
    /// this is the first entry of the chunk in which the damage lies.
    public let offset: Offset
    /// What is wrong there.
    public let reason: String

    /// `offset 7: reason`.
    public var description: String { "offset \(offset): \(reason)" }
}
