import BatonCore

extension SQLiteLog {
    /// The first of ``findings(of:)``; `nil` where all is as it was written.
    public func check(_ stream: StreamKey) async throws(LogFailure) -> LogFinding? {
        try await findings(of: stream).first
    }

    /// Walks the stream's log from its horizon to its head and names the first offset at which
    /// counters, order or hash chain are broken (L1, L2, L6), and each row whose sum is not that of
    /// what it holds. Empty where all is as it was written.
    ///
    /// Works beside appends and compaction: it reads a few chunks at a time, and begins again
    /// where compaction has dropped what it stood on. O(the stream's log).
    public func findings(of stream: StreamKey) async throws(LogFailure) -> [LogFinding] {
        var walk: ChainWalk?
        var findings: [LogFinding] = []
        while true {
            let from = walk
            let step = try await look(at: stream) { (stored) throws(LogFailure) in
                try stored.step(of: from)
            }
            findings += step?.findings ?? []
            walk = step?.next
            guard walk != nil, findings.isEmpty else { return findings.sorted() }
        }
    }

    /// The records of all events of the stream that were refused for good, those below its horizon
    /// among them. O(records).
    package func voids(of stream: StreamKey) async throws(LogFailure) -> [ArchivedVoid] {
        try await look(at: stream) { (stored) throws(LogFailure) in
            try stored.voids(
                upTo: stored.head.offset, of: try stored.replicas().mapValues(\.id))
        } ?? []
    }
}

extension StoredStream {
    /// What a step of a check came to.
    struct CheckStep: Sendable {
        var findings: [LogFinding] = []
        /// Where to go on; `nil` at the end.
        var next: ChainWalk?
    }

    /// Chunks that one step reads at most, so that no read holds on to the write-ahead log for long.
    private static let chunksAStep = 256

    /// Goes a step further, or begins where `walk` is `nil` or fell behind the horizon.
    func step(of walk: ChainWalk?) throws(LogFailure) -> CheckStep {
        var step = CheckStep()
        var position = head.horizon
        do throws(LogFailure) {
            let replicas = try replicas().values
            func vector(_ counter: KeyPath<ReplicaCounters, Counter>) -> VersionVector {
                VersionVector(
                    Dictionary(
                        replicas.map { ($0.id, $0.counters[keyPath: counter]) },
                        uniquingKeysWith: { $1 }))
            }
            let dropped = vector(\.horizon)
            var begun = walk
            if (begun?.position ?? .start) < head.horizon { begun = nil }
            if begun == nil {
                step.findings += try damagedRows()
                step.findings += contradictions(dropped: dropped)
            }
            var walk =
                begun ?? ChainWalk(from: head.horizon, chain: horizonChain, counters: dropped)
            position = walk.position
            var taken = 0
            var broken: LogFinding?
            // Each chunk's row is held against its sum as it is read.
            try eachChunk(after: position) { (chunk, chain) throws(LogFailure) in
                // The query gives the chunk in which the walk stands, too.
                guard chunk.lastOffset > walk.position else { return true }
                broken = walk.take(chunk, chain: chain)
                position = walk.position
                taken += 1
                return broken == nil && taken < Self.chunksAStep
            }
            let isDone = broken == nil && taken < Self.chunksAStep
            if let broken { step.findings.append(broken) }
            if isDone, let last = walk.finish(head: head, counters: vector(\.last)) {
                step.findings.append(last)
            }
            if broken == nil && !isDone { step.next = walk }
        } catch {
            guard error.code == .corrupt else { throw error }
            step.findings.append(LogFinding(offset: position.next, reason: error.message))
        }
        return step
    }

    /// What stream and replicas say that cannot be: each entry has one dot, so that what is dropped
    /// of all replicas adds up to the horizon.
    private func contradictions(dropped: VersionVector) -> [LogFinding] {
        let count = dropped.counters.values.reduce(0) { $0 + $1.rawValue }
        var findings: [LogFinding] = []
        if head.horizon > head.offset {
            findings.append(
                LogFinding(
                    offset: head.offset, reason: "the horizon is \(head.horizon), beyond it"))
        }
        if count != head.horizon.rawValue {
            findings.append(
                LogFinding(
                    offset: head.horizon,
                    reason: "the horizon is \(head.horizon), but \(count) events are dropped"))
        }
        if head.horizon == .start && horizonChain != LogChain.start {
            findings.append(
                LogFinding(offset: .start, reason: "the chain begins with another hash"))
        }
        return findings
    }
}
