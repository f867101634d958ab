import BatonCore

extension WrittenStream {
    /// Stores a snapshot unless one as late is there.
    func store(_ packed: PackedSnapshot, as kind: SnapshotKind) throws(LogFailure) {
        let snapshot = packed.snapshot
        try snapshot.check(against: head)
        guard let rows, try snapshot.offset > snapshotOffset(kind, in: rows) ?? .start else {
            return
        }
        try connection.run(
            .storeSnapshot, rows.tenant, rows.stream, .integer(Int64(kind.rawValue)),
            .integer(snapshot.offset), .blob(snapshot.stateHash), .blob(packed.body))
    }

    /// A run of whole chunks from the horizon on, to be dropped in one transaction.
    struct Drop {
        /// The last offset to drop, which becomes the horizon.
        fileprivate var end: Offset
        /// The hash of the entry there.
        fileprivate var chain: [UInt8]
        /// What stays known of the replicas' events, by their rows.
        fileprivate var known: [Int64: Fingerprints] = [:]
        /// Whether there may be more to drop behind it.
        var isLast = true
    }

    /// What to drop next, through `offset` at the latest: a part, which ends once it has `most` bytes
    /// of bodies, so that no commit waits long for it. `nil` where there is nothing to drop; fails where no base covers `offset`.
    func nextDrop(through offset: Offset, bytes most: Int) throws(LogFailure) -> Drop? {
        guard offset > horizon else { return nil }
        let base = try rows.flatMap { (rows) throws(LogFailure) in
            try snapshotOffset(.base, in: rows)
        }
        guard let rows, let base, base >= offset else {
            throw .snapshotMissing(for: offset, stored: base)
        }
        var drop = Drop(end: horizon, chain: horizonChain)
        var bytes = 0
        try connection.each(.chunksFrom, rows.tenant, rows.stream, .integer(horizon.next)) {
            (row) throws(LogFailure) in
            let chunk = try Chunk(row, of: key)
            guard chunk.lastOffset <= offset else { return false }
            drop.isLast = bytes < most
            guard drop.isLast else { return false }
            guard let replica = try find(chunk.replica) else { throw .damagedReplica(of: key) }
            let voids = try voids(of: chunk.replica, at: chunk.counter...chunk.lastCounter)
            try chunk.addFingerprints(
                to: &drop.known[replica.row, default: replica.fingerprints],
                voids: { voids[$0]?.record })
            drop.end = chunk.lastOffset
            drop.chain = row.blob(6)
            bytes += chunk.body.count
            return true
        }
        for row in drop.known.keys { drop.known[row]?.trim() }
        return drop.end > horizon ? drop : nil
    }

    /// Drops a run, and moves the horizon behind it.
    func carryOut(_ drop: Drop) throws(LogFailure) {
        guard let rows else { return }
        try connection.run(.dropChunks, rows.tenant, rows.stream, .integer(drop.end))
        try moveHorizon(
            to: drop.end, chain: drop.chain, replicas: drop.known.map { ($0.key, $0.value) })
    }

    private func snapshotOffset(_ kind: SnapshotKind, in rows: Rows) throws(LogFailure) -> Offset? {
        try connection.first(
            .snapshotOffset, rows.tenant, rows.stream, .integer(Int64(kind.rawValue))
        ) { (row) throws(LogFailure) in Offset(row.integer(0)) }
    }
}

extension WrittenStream {
    /// What putting back a run would do.
    func plan(_ run: [ArchivedChunk], after chain: [UInt8]) throws(LogFailure) -> PutBackPlan {
        try PutBackPlan(
            run, after: chain, horizonChain: horizonChain, head: place, on: self
        ) { (range) throws(LogFailure) in
            var chunks: [Chunk] = []
            guard let rows else { return chunks }
            try connection.each(
                .chunksFrom, rows.tenant, rows.stream, .integer(range.lowerBound)
            ) { (row) throws(LogFailure) in
                let chunk = try Chunk(row, of: key)
                guard chunk.offset <= range.upperBound else { return false }
                chunks.append(chunk)
                return true
            }
            return chunks
        }
    }

    /// Puts back what is planned.
    func carryOut(
        _ plan: PutBackPlan, movedTo: StreamID?, tenant: () throws(LogFailure) -> Int64
    ) throws(LogFailure) {
        guard !plan.below.isEmpty || !plan.above.isEmpty else { return }
        let rows = try rows(of: tenant)
        try putBelow(plan, in: rows)
        for link in plan.above {
            try append(link.chunk, chain: link.chain, voids: link.archived.voids, in: rows)
        }
        if plan.above.isEmpty { try save() } else { try forward(to: movedTo) }
    }

    private func putBelow(_ plan: PutBackPlan, in rows: Rows) throws(LogFailure) {
        guard !plan.below.isEmpty else { return }
        var moved: [Int64: Fingerprints] = [:]
        for (id, counter) in plan.horizonCounters {
            guard let replica = try find(id) else { throw .damagedReplica(of: key) }
            var known = replica.fingerprints
            known.drop(after: counter)
            moved[replica.row] = known
        }
        var last: [Int64: Offset] = [:]
        for link in plan.below {
            guard let replica = try find(link.chunk.replica) else {
                throw .damagedReplica(of: key)
            }
            // Of the first chunk of a replica it is not known, and not asked for: what was before
            // is dropped.
            try add(
                link.chunk, of: replica.row, previous: last[replica.row] ?? .start,
                chain: link.chain, in: rows)
            try add(link.archived.voids, of: link.chunk, replica: replica.row, in: rows)
            last[replica.row] = link.chunk.lastOffset
        }
        try moveHorizon(
            to: plan.horizon, chain: plan.horizonChain,
            replicas: moved.map { ($0.key, $0.value) })
    }
}
