package import BatonCore
package import BatonLog

/// What would go of one stream, what stays, and why: worked out from the chunks' headers alone.
package struct CompactionPlan: Hashable, Sendable {
    /// The stream.
    package let key: StreamKey
    /// The log's last offset when the plan was made.
    package let head: Offset
    /// Entries up to here are dropped already.
    package let horizon: Offset
    /// Entries up to here are to go; the horizon where there is nothing to drop.
    package private(set) var through: Offset
    /// Bytes of the frames that are to go.
    package private(set) var bytes: UInt64 = 0
    /// How many of the entries that stay are younger than the policy lets go.
    package private(set) var young: UInt64 = 0
    /// How many are among the last that the policy keeps.
    package private(set) var last: UInt64 = 0
    /// How many stay only because they came in one push with an entry that stays.
    package private(set) var together: UInt64 = 0

    private let policy: CompactionPolicy
    private let now: Int64
    private var isOpen = true

    /// Begins the plan of a stream, of which the log holds what `head` says.
    package init(_ key: StreamKey, head: LogHead, policy: CompactionPolicy, now: Int64) {
        self.key = key
        self.head = head.offset
        horizon = head.horizon
        through = head.horizon
        self.policy = policy
        self.now = now
    }

    /// How many entries are to go.
    package var entries: UInt64 { through.rawValue - horizon.rawValue }
    /// How many entries stay.
    package var stays: UInt64 { head.rawValue - through.rawValue }

    /// Takes the next chunk into account; those beyond the head that the plan is for are passed over.
    ///
    /// What goes is a prefix: once a chunk stays, so do all after it, also where a server's clock was
    /// set back since.
    package mutating func take(_ header: ChunkHeader) {
        guard header.lastOffset <= head, header.offset > horizon else { return }
        let kept = policy.keepLast ?? 0
        let firstKept = head.rawValue >= kept ? head.rawValue - kept + 1 : 1
        let isYoung = policy.olderThan.map { now - header.receivedAt < $0 } ?? false
        let keptOfChunk =
            header.lastOffset.rawValue >= firstKept
            ? header.lastOffset.rawValue - max(firstKept, header.offset.rawValue) + 1 : 0
        if isYoung { young += UInt64(header.count) }
        last += keptOfChunk
        if isOpen, !isYoung, keptOfChunk == 0 {
            through = header.lastOffset
            bytes += UInt64(header.bytes)
            return
        }
        isOpen = false
        if !isYoung { together += UInt64(header.count) - keptOfChunk }
    }

    /// Why what stays stays, in words.
    package var reason: String {
        guard stays > 0 else { return "nothing stays" }
        var reasons: [String] = []
        if young > 0 { reasons.append("\(young) younger than the policy lets go") }
        if last > 0 { reasons.append("\(last) among the last that it keeps") }
        if together > 0 {
            reasons.append("\(together) that came with or after one that stays")
        }
        return reasons.joined(separator: ", ")
    }
}
