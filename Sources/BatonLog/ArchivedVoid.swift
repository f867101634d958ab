public import BatonCore

/// The record of a refused event with the place where it stands: what outlives the horizon, and so
/// travels with a snapshot into an archive.
public struct ArchivedVoid: Hashable, Sendable {
    /// The refused event.
    public let dot: Dot
    /// Where it stands in the log.
    public let offset: Offset
    /// Why the event was refused, and by what a retry is known.
    public let record: VoidRecord

    /// Joins the parts.
    public init(dot: Dot, offset: Offset, record: VoidRecord) {
        self.dot = dot
        self.offset = offset
        self.record = record
    }
}
