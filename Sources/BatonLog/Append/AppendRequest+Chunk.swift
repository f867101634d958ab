import BatonCore

extension AppendRequest {
    /// The planned entries as one chunk that begins at `offset`.
    func chunk(_ plan: AppendPlan, at offset: Offset) -> Chunk {
        let isWhole = plan.writes.count == entries.count
        let bytes =
            frames[plan.writes.lowerBound].range
            .lowerBound..<frames[plan.writes.upperBound - 1]
            .range.upperBound
        return Chunk(
            replica: replica,
            counter: Counter(rawValue: plan.firstCounter.rawValue + UInt64(plan.writes.lowerBound)),
            offset: offset, count: plan.writes.count, body: isWhole ? body : Array(body[bytes]),
            receivedAt: receivedAt)
    }
}

extension StreamForwarding {
    /// The stream that events are to go to instead; `nil` for none.
    var target: StreamID? {
        switch self {
        case .to(let stream): return stream
        case .ended: return nil
        }
    }
}

extension Chunk {
    /// The counter of the last entry.
    var lastCounter: Counter { Counter(rawValue: counter.rawValue + UInt64(count) - 1) }

    /// The counter of the last entry that stands at `offset` or before; the chunk begins there at
    /// the latest.
    func lastCounter(upTo offset: Offset) -> Counter {
        let beyond = lastOffset > offset ? lastOffset.rawValue - offset.rawValue : 0
        return Counter(rawValue: lastCounter.rawValue - beyond)
    }
}
