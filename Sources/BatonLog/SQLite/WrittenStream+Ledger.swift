import BatonCore

extension WrittenStream: StreamLedger {
    func counters(of replica: ReplicaID) throws(LogFailure) -> ReplicaCounters {
        try find(replica)?.counters ?? ReplicaCounters()
    }

    func entries(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [LoggedEntry]
    {
        guard let rows, let row = try find(replica)?.row else { return [] }
        let voids = try voids(of: row, at: counters, in: rows)
        var entries: [LoggedEntry] = []
        try connection.each(
            .chunksOfReplica, rows.tenant, rows.stream, .integer(row),
            .integer(counters.lowerBound), .integer(counters.upperBound)
        ) { (row) throws(LogFailure) in
            let chunk = try Chunk(
                replica: replica, counter: row.integer(0), offset: row.integer(1),
                count: row.integer(2), body: row.blob(3))
            for (index, frame) in try chunk.frames().enumerated() {
                let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
                guard counters.contains(counter) else { continue }
                entries.append(
                    LoggedEntry(
                        offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                        content: chunk.body[frame.content], void: voids[counter]?.record))
            }
            return true
        }
        let wanted = counters.upperBound.rawValue - counters.lowerBound.rawValue + 1
        guard entries.count == Int(wanted) else {
            throw LogFailure(
                .corrupt,
                "events of \(replica) are missing from \(key.stream): restore from a backup",
                cause: "found \(entries.count) of counters \(counters)")
        }
        return entries
    }

    func voids(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [Counter: LoggedVoid]
    {
        guard let rows, let row = try find(replica)?.row else { return [:] }
        return try voids(of: row, at: counters, in: rows)
    }

    private func voids(
        of replica: Int64, at counters: ClosedRange<Counter>, in rows: Rows
    ) throws(LogFailure) -> [Counter: LoggedVoid] {
        var voids: [Counter: LoggedVoid] = [:]
        try connection.each(
            .voids, rows.tenant, rows.stream, .integer(replica), .integer(counters.lowerBound),
            .integer(counters.upperBound)
        ) { (row) throws(LogFailure) in
            guard let code = RefusalCode(rawValue: row.text(1)) else {
                throw LogFailure(
                    .newerFormat, "the refusal \(row.text(1)) is unknown to this version")
            }
            voids[Counter(row.integer(0))] = LoggedVoid(
                offset: Offset(row.integer(4)),
                record: VoidRecord(refusal: Refusal(code, row.text(2)), digest: row.blob(3)))
            return true
        }
        return voids
    }

    /// What stands under an idempotency key.
    func remembered(_ key: IdempotencyKey) throws(LogFailure) -> RememberedAppend? {
        guard let rows else { return nil }
        return try connection.first(.remembered, rows.tenant, rows.stream, .text(key.key)) {
            (row) throws(LogFailure) in
            guard let replica = ReplicaID(bytes: row.blob(1)) else {
                throw .damagedReplica(of: self.key)
            }
            return RememberedAppend(
                digest: row.blob(0), first: Dot(replica, Counter(row.integer(2))),
                count: Int(row.integer(3)))
        }
    }
}
