import BatonCore

/// What putting back a run of an archive would do to a stream's log, decided before anything is
/// written (``LogEngine/putBack(_:after:movedTo:to:)``).
///
/// A run is cut at horizon and head: what lies below the horizon has to end there, what lies above
/// the head has to begin behind it, and what lies between has to be what the log holds.
struct PutBackPlan {
    /// A chunk with the hash of its last entry.
    struct Link {
        let archived: ArchivedChunk
        let chain: [UInt8]

        var chunk: Chunk { archived.chunk }
    }

    /// To go below the horizon, in order.
    private(set) var below: [Link] = []
    /// To go behind the head, in order.
    private(set) var above: [Link] = []
    /// The horizon afterwards, and the hash of the entry there.
    private(set) var horizon: Offset
    private(set) var horizonChain: [UInt8]

    /// Decides. `stored` gives the chunks of the log that hold the entries at a range of offsets.
    init(
        _ run: [ArchivedChunk], after chain: [UInt8], horizonChain: [UInt8], head: LogHead,
        on ledger: some StreamLedger,
        stored: (ClosedRange<Offset>) throws(LogFailure) -> [Chunk]
    ) throws(LogFailure) {
        horizon = head.horizon
        self.horizonChain = horizonChain
        let links = try Self.links(run, after: chain, cutAt: [head.horizon, head.offset])
        guard let first = links.first?.chunk else { return }
        guard first.offset.rawValue > 1 || chain == LogChain.start else {
            throw Self.misfit("what comes before the first entry has another hash")
        }
        below = links.filter { $0.chunk.lastOffset <= head.horizon }
        above = links.filter { $0.chunk.offset > head.offset }
        let between = links.dropFirst(below.count).dropLast(above.count)
        try checkBelow(head, on: ledger)
        try checkAbove(head, on: ledger)
        if let from = between.first?.chunk, let to = between.last?.chunk {
            try Self.compare(
                between.map(\.chunk), with: try stored(from.offset...to.lastOffset))
        }
        guard !below.isEmpty else { return }
        horizon = Offset(rawValue: first.offset.rawValue - 1)
        self.horizonChain = chain
    }

    /// The counter up to which each replica's events are dropped afterwards.
    var horizonCounters: [ReplicaID: Counter] {
        var counters: [ReplicaID: Counter] = [:]
        for link in below.reversed() {
            counters[link.chunk.replica] = Counter(rawValue: link.chunk.counter.rawValue - 1)
        }
        return counters
    }

    private func checkBelow(_ head: LogHead, on ledger: some StreamLedger) throws(LogFailure) {
        guard let last = below.last else { return }
        guard last.chunk.lastOffset == head.horizon, last.chain == horizonChain else {
            throw Self.misfit(
                "entries up to \(last.chunk.lastOffset) do not lead to the horizon at \(head.horizon)"
            )
        }
        var dropped: [ReplicaID: Counter] = [:]
        for link in below.reversed() {
            let stored = try ledger.counters(of: link.chunk.replica).horizon
            let expected = dropped[link.chunk.replica] ?? stored
            guard link.chunk.lastCounter == expected else { throw Self.miscount(link, expected) }
            dropped[link.chunk.replica] = Counter(rawValue: link.chunk.counter.rawValue - 1)
        }
    }

    private func checkAbove(_ head: LogHead, on ledger: some StreamLedger) throws(LogFailure) {
        guard let first = above.first else { return }
        let before = LogChain.extend(head.chain, over: first.chunk, try first.chunk.frames())
        guard first.chunk.offset == head.offset.next, before == first.chain else {
            throw Self.misfit(
                "entries from \(first.chunk.offset) on do not follow the head at \(head.offset)")
        }
        var counters: [ReplicaID: Counter] = [:]
        for link in above {
            let stored = try ledger.counters(of: link.chunk.replica).last
            let last = counters[link.chunk.replica] ?? stored
            guard link.chunk.counter == last.next else { throw Self.miscount(link, last.next) }
            counters[link.chunk.replica] = link.chunk.lastCounter
        }
    }

    /// The chunks, cut at the given offsets, each with the hash of its last entry.
    private static func links(
        _ run: [ArchivedChunk], after chain: [UInt8], cutAt cuts: [Offset]
    ) throws(LogFailure) -> [Link] {
        var chain = chain
        var next = run.first?.chunk.offset
        var links: [Link] = []
        for archived in run {
            guard archived.chunk.offset == next else {
                throw misfit("an entry before \(archived.chunk.offset) is missing")
            }
            for chunk in try archived.chunk.cut(behind: cuts) {
                chain = LogChain.extend(chain, over: chunk, try chunk.frames())
                links.append(
                    Link(archived: ArchivedChunk(chunk, voids: archived.voids), chain: chain))
            }
            next = archived.chunk.lastOffset.next
        }
        return links
    }

    private static func compare(_ run: [Chunk], with stored: [Chunk]) throws(LogFailure) {
        let held = try entries(of: stored)
        for (offset, entry) in try entries(of: run) where held[offset] != entry {
            throw misfit("the log holds another entry at \(offset)")
        }
    }

    private struct Content: Equatable {
        let dot: Dot
        let content: ArraySlice<UInt8>
    }

    private static func entries(of chunks: [Chunk]) throws(LogFailure) -> [Offset: Content] {
        var entries: [Offset: Content] = [:]
        for chunk in chunks {
            for (index, frame) in try chunk.frames().enumerated() {
                let place = UInt64(index)
                entries[Offset(rawValue: chunk.offset.rawValue + place)] = Content(
                    dot: Dot(chunk.replica, Counter(rawValue: chunk.counter.rawValue + place)),
                    content: chunk.body[frame.content])
            }
        }
        return entries
    }

    private static func miscount(_ link: Link, _ expected: Counter) -> LogFailure {
        misfit(
            "\(link.chunk.replica) counts \(link.chunk.counter) to \(link.chunk.lastCounter) where "
                + "\(expected) belongs")
    }

    private static func misfit(_ cause: String) -> LogFailure {
        LogFailure(
            .corrupt,
            "these entries do not fit the log: they are of another one, or a run between them and "
                + "the log has to be put back first", cause: cause)
    }
}
