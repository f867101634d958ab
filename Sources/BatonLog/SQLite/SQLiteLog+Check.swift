import BatonCore

extension SQLiteLog {
    /// Walks the stream's log from its horizon to its head and names the first offset at which
    /// counters, order or hash chain are broken (L1, L2, L6); `nil` where all is as it was written.
    ///
    /// Works beside appends and compaction: it reads a few chunks at a time, and begins again
    /// where compaction has dropped what it stood on. O(the stream's log).
    public func check(_ stream: StreamKey) async throws(LogFailure) -> LogFinding? {
        var walk: ChainWalk?
        while true {
            let from = walk
            let step = try await look(at: stream) { (stored) throws(LogFailure) in
                try stored.check(on: from)
            }
            switch step {
            case .onward(let reached): walk = reached
            case .found(let finding): return finding
            case .end, nil: return nil
            }
        }
    }
}

extension StoredStream {
    /// What a step of a check came to.
    enum CheckStep: Sendable {
        case onward(ChainWalk)
        case found(LogFinding)
        case end
    }

    /// Chunks that one step reads at most, so that no read holds on to the write-ahead log for long.
    private static let chunksAStep = 256

    /// Goes a step further, or begins where `walk` is `nil` or fell behind the horizon.
    func check(on walk: ChainWalk?) throws(LogFailure) -> CheckStep {
        var walk =
            if let walk, walk.position >= head.horizon { walk } else {
                ChainWalk(
                    from: head.horizon, chain: horizonChain,
                    counters: Self.vector(try savedReplicas(), \.horizon))
            }
        var finding: LogFinding?
        var taken = 0
        do throws(LogFailure) {
            try eachChunk(after: walk.position) { (chunk, chain) throws(LogFailure) in
                // The query gives the chunk in which the walk stands, too.
                guard chunk.lastOffset > walk.position else { return true }
                finding = walk.take(chunk, chain: chain)
                taken += 1
                return finding == nil && taken < Self.chunksAStep
            }
            if let finding { return .found(finding) }
            if taken == Self.chunksAStep { return .onward(walk) }
            let end = walk.finish(head: head, counters: Self.vector(try replicas(), \.last))
            return end.map { .found($0) } ?? .end
        } catch {
            guard error.code == .corrupt else { throw error }
            return .found(LogFinding(offset: walk.position.next, reason: error.description))
        }
    }

    private static func vector(
        _ replicas: [Int64: (id: ReplicaID, counters: ReplicaCounters)],
        _ counter: KeyPath<ReplicaCounters, Counter>
    ) -> VersionVector {
        VersionVector(
            Dictionary(
                replicas.values.map { ($0.id, $0.counters[keyPath: counter]) },
                uniquingKeysWith: { $1 }))
    }
}
