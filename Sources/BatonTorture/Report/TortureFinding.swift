/// A promise that did not hold.
public struct TortureFinding: Sendable, Hashable, Encodable, CustomStringConvertible {
    /// What kind of thing went wrong, by a stable name.
    public enum Kind: String, Sendable, Encodable {
        /// An acknowledged event, or one that a device was told is stored, is not in the log.
        case lost
        /// One write is in the log twice.
        case doubled
        /// An event in the log is not what was acknowledged under its dot.
        case changed
        /// Offsets or counters do not follow one another.
        case gap
        /// A device, a newcomer and the server do not hold the same state.
        case diverged
        /// The hash chain or the check of the files found damage that nobody did.
        case chain
        /// The server did not start, did not stop, or ended by itself.
        case process
        /// An answer that should not have been given.
        case answer
        /// The server served something else than was written, without a word.
        case silentDamage = "silent-damage"
        /// More memory than it may take.
        case memory
        /// It did not come back to work by itself.
        case recovery
    }

    /// What kind of thing went wrong.
    public let kind: Kind
    /// Where: a stream, a device, a round.
    public let place: String
    /// What was found, and what should be there.
    public let text: String

    /// Joins the parts.
    public init(_ kind: Kind, _ place: String, _ text: String) {
        self.kind = kind
        self.place = place
        self.text = text
    }

    /// `lost: stream cust-1: …`.
    public var description: String { "\(kind.rawValue): \(place): \(text)" }
}
