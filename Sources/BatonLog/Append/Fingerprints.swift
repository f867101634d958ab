import BatonCore

/// What stays known of a replica's events once compaction has dropped them: a few bytes of the digest
/// of each of the last ones, to tell a retry from another event under the same dot (L3).
///
/// A replica sends again only what it has no answer for: at most one push, from the first unanswered
/// event on, and never more than ``ProtocolLimits/eventsPerPush``. What lies further back can only
/// come from a copy of the replica. So what is kept has a bound, and forgets nothing that matters.
package struct Fingerprints: Hashable, Sendable {
    /// The first 4 bytes of the SHA-256 of an event's encoding.
    typealias Value = UInt32

    /// Events that are kept at most.
    static let limit = ProtocolLimits.eventsPerPush

    /// The counter of the last one.
    private(set) var last: Counter
    private var values: [Value]

    /// Of a replica of which nothing was dropped.
    package init() {
        last = .none
        values = []
    }

    /// Reads what ``bytes`` says of events up to `last`.
    init(_ bytes: [UInt8], last: Counter) {
        self.last = last
        values = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
            }
        }
    }

    /// 4 bytes an event, most significant first, in ascending order of counters.
    var bytes: [UInt8] {
        values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
    }

    /// The part of a digest that is kept.
    static func value(of digest: [UInt8]) -> Value {
        digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Adds the next event.
    mutating func append(_ value: Value) {
        last = last.next
        values.append(value)
    }

    /// Lets go of all but the last ones. To be called once events were added.
    mutating func trim() {
        if values.count > Self.limit { values.removeFirst(values.count - Self.limit) }
    }

    /// Lets go of what comes after `counter`, which stands in the log again.
    mutating func drop(after counter: Counter) {
        guard counter < last else { return }
        values.removeLast(min(values.count, Int(clamping: last.rawValue - counter.rawValue)))
        last = counter
    }

    /// What is known of a dropped event.
    enum Knowledge: Hashable {
        case value(Value)
        /// It lies so far back that no replica sends it again: only a copy of one does.
        case tooOld
        /// It was dropped before fingerprints were kept.
        case nothing
    }

    /// What is known of the event at `counter`, which was dropped.
    func knowledge(of counter: Counter) -> Knowledge {
        let back = last.rawValue - counter.rawValue
        if counter <= last, back < UInt64(values.count) {
            return .value(values[values.count - 1 - Int(back)])
        }
        return values.count >= Self.limit ? .tooOld : .nothing
    }
}
