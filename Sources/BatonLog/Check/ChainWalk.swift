import BatonCore

/// Goes along a stream's log from its horizon and holds every entry against the promises L1, L2
/// and L6.
struct ChainWalk {
    /// All up to here is as it was written.
    private(set) var position: Offset
    private var chain: [UInt8]
    private var counters: VersionVector

    /// Begins at a horizon, with the hash of the entry there and what it covers.
    init(from horizon: Offset, chain: [UInt8], counters: VersionVector) {
        position = horizon
        self.chain = chain
        self.counters = counters
    }

    /// Checks the next chunk, behind whose last entry `stored` stands, and goes past it.
    mutating func take(_ chunk: Chunk, chain stored: [UInt8]) -> LogFinding? {
        let next = position.next
        guard chain.count == LogChain.length else {
            return LogFinding(offset: next, reason: "the hash that it is to follow is damaged")
        }
        guard chunk.offset == next else {
            return LogFinding(
                offset: next, reason: "the entry is missing: the next one has \(chunk.offset)")
        }
        let expected = counters[chunk.replica].next
        guard chunk.counter == expected else {
            return LogFinding(
                offset: next,
                reason: "\(chunk.replica) counts \(chunk.counter) where \(expected) comes next")
        }
        guard let frames = try? chunk.frames() else {
            return LogFinding(offset: next, reason: "the frames are damaged")
        }
        let dot = Dot(chunk.replica, chunk.counter)
        chain = LogChain.extend(chain, from: dot, over: frames, of: chunk.body)
        guard chain == stored else {
            return LogFinding(
                offset: next, reason: "the chain breaks: content, dot or order was changed")
        }
        position = chunk.lastOffset
        counters.insert(Dot(chunk.replica, chunk.lastCounter))
        return nil
    }

    /// Checks that the walk ended where the stream's head and vector say.
    func finish(head: LogHead, counters stored: VersionVector) -> LogFinding? {
        guard position == head.offset else {
            return LogFinding(
                offset: min(position, head.offset).next,
                reason: "the entries end at \(position), but the head is \(head.offset)")
        }
        guard chain == head.chain else {
            return LogFinding(offset: position, reason: "the head's hash is another")
        }
        guard counters == stored else {
            return LogFinding(offset: position, reason: "the replicas' counters are others")
        }
        return nil
    }
}
