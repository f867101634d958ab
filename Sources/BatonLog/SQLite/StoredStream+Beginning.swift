import BatonCore

extension SQLiteLog {
    public func beginning(of stream: StreamKey) async throws(LogFailure) -> StreamBeginning {
        try await look(at: stream) { (stored) throws(LogFailure) in try stored.beginning() }
            ?? StreamBeginning(
                horizon: .start, chain: LogChain.start, counters: VersionVector(), base: nil,
                voids: [])
    }
}

extension StoredStream {
    /// Where the log begins, and what is known of all before.
    func beginning() throws(LogFailure) -> StreamBeginning {
        let base = try snapshot(.base)
        let replicas = try replicas()
        var counters: [ReplicaID: Counter] = [:]
        for (id, known) in replicas.values { counters[id] = known.horizon }
        let reach = max(head.horizon, base?.offset ?? .start)
        return StreamBeginning(
            horizon: head.horizon, chain: horizonChain, counters: VersionVector(counters),
            base: base,
            voids: try voids(upTo: reach, of: replicas.mapValues(\.id)).sorted { $0.dot < $1.dot },
            movedTo: head.movedTo)
    }
}
