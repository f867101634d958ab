import BatonCore

extension WrittenStream: StreamLedger {
    func counters(of replica: ReplicaID) throws(LogFailure) -> ReplicaCounters {
        try find(replica)?.counters ?? ReplicaCounters()
    }

    func fingerprints(of replica: ReplicaID) throws(LogFailure) -> Fingerprints {
        try find(replica)?.fingerprints ?? Fingerprints()
    }

    func entries(of replica: ReplicaID, at counters: ClosedRange<Counter>) throws(LogFailure)
        -> [LoggedEntry]
    {
        guard let rows, let found = try find(replica) else { return [] }
        let walked = try walk(from: found, to: counters, replica, in: rows)
        let chunks =
            if let walked { walked } else {
                try scan(found.row, for: counters, replica, in: rows)
            }
        let voids = try voids(of: found.row, at: counters, in: rows)
        var entries: [LoggedEntry] = []
        for chunk in chunks {
            for (index, frame) in try chunk.frames().enumerated() {
                let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
                guard counters.contains(counter) else { continue }
                entries.append(
                    LoggedEntry(
                        offset: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                        content: chunk.body[frame.content], void: voids[counter]?.record))
            }
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

    /// The replica's chunks that hold its events at `counters`, in order, found from its last one
    /// back: what is sent again is nearly always the last push. `nil` where the way back ends too
    /// early, as it does behind entries that were put back.
    private func walk(
        from found: Replica, to counters: ClosedRange<Counter>, _ replica: ReplicaID, in rows: Rows
    ) throws(LogFailure) -> [Chunk]? {
        var chunks: [Chunk] = []
        var place = found.last
        while place > horizon {
            let step = try connection.first(
                .chunkAt, rows.tenant, rows.stream, .integer(place)
            ) { (row) throws(LogFailure) in
                let isWanted = row.integer(1) <= Int64(clamping: counters.upperBound.rawValue)
                let chunk = try Chunk(
                    replica: replica, counter: row.integer(1), offset: row.integer(2),
                    count: row.integer(3), body: isWanted ? row.blob(5) : [])
                try chunk.checkSum(row, at: 6)
                return (chunk, row.integer(0), Offset(row.integer(4)))
            }
            guard let (chunk, row, previous) = step, row == found.row, chunk.lastOffset >= place,
                previous < chunk.offset
            else { return nil }
            if chunk.counter <= counters.upperBound { chunks.append(chunk) }
            if chunk.counter <= counters.lowerBound { return chunks.reversed() }
            place = previous
        }
        return nil
    }

    private func scan(
        _ row: Int64, for counters: ClosedRange<Counter>, _ replica: ReplicaID, in rows: Rows
    ) throws(LogFailure) -> [Chunk] {
        var chunks: [Chunk] = []
        try connection.each(
            .chunksOfReplica, rows.tenant, rows.stream, .integer(row),
            .integer(counters.lowerBound), .integer(counters.upperBound)
        ) { (row) throws(LogFailure) in
            let chunk = try Chunk(
                replica: replica, counter: row.integer(0), offset: row.integer(1),
                count: row.integer(2), body: row.blob(3))
            try chunk.checkSum(row, at: 4)
            chunks.append(chunk)
            return true
        }
        return chunks
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
