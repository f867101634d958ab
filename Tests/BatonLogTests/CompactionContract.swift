import BatonCore
import BatonLog
import Testing

/// What every engine promises about snapshots and compaction.
@Suite struct CompactionContract {
    @Test(arguments: Engine.allCases)
    func `Only the latest snapshot is kept`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            try await log.store(snapshot(at: 4, "four"), for: stream)
            try await log.store(snapshot(at: 2, "two"), for: stream)
            try await log.store(snapshot(at: 4, "other four"), for: stream)
            #expect(try await log.snapshot(of: stream) == snapshot(at: 4, "four"))
            try await log.store(snapshot(at: 5, ""), for: stream)
            #expect(try await log.snapshot(of: stream) == snapshot(at: 5, ""))
            await #expect(throws: LogFailure.self) {
                try await log.store(snapshot(at: 99, "of another log"), for: stream)
            }
            try await log.store(snapshot(at: 0, "nothing"), for: key("nobody"))
            #expect(try await log.snapshot(of: key("nobody")) == nil)
        }
    }

    @Test(arguments: Engine.allCases)
    func `Nothing is dropped that no snapshot covers`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            try await log.store(snapshot(at: 3, "s"), as: .base, for: stream)
            do {
                _ = try await log.compact(stream, through: Offset(rawValue: 4))
                Issue.record("compacted beyond the snapshot")
            } catch let failure as LogFailure {
                #expect(failure.code == .snapshotMissing)
            }
            #expect(try await log.entries(of: stream).count == 8)
            #expect(try await log.compact(key("nobody"), through: .start) == .start)
        }
    }

    @Test(arguments: Engine.allCases)
    func `Whole chunks go, and the log goes on as before`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            let before = try await log.head(of: stream)
            let vectors = try await vectors(of: stream, in: log)
            try await log.store(snapshot(at: 6, "s"), as: .base, for: stream)
            // Offset 4 is in the middle of the chunk of 4 and 5.
            let horizon = try await log.compact(stream, through: Offset(rawValue: 4))
            #expect(horizon == Offset(rawValue: 3))
            let after = try await log.head(of: stream)
            #expect(
                after == LogHead(offset: before.offset, horizon: horizon, chain: before.chain))
            #expect(
                try await log.entries(of: stream, after: 3).map(\.offset) == [4, 5, 6, 7, 8])
            let below = try await log.read(
                stream, after: Offset(rawValue: 2), limit: ReadLimit(events: 9, bytes: 99))
            #expect(below.chunks.isEmpty)
            #expect(below.horizon == horizon)
            let now = try await self.vectors(of: stream, in: log)
            #expect(Array(now.prefix(3)) == [nil, nil, nil])
            #expect(Array(now.dropFirst(3)) == Array(vectors.dropFirst(3)))
            #expect(try await log.compact(stream, through: Offset(rawValue: 2)) == horizon)
            #expect(
                try await log.push(till, from: 2, ["new"], to: stream).short == ["accepted 9"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `A retry of what was dropped is known, and another event under its dot is too`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let bad = Sample(content: "b", void: .schemaViolation)
            try await log.push(phone, from: 1, ["a", bad], to: stream)
            try await log.push(phone, from: 3, ["c"], to: stream)
            try await log.store(snapshot(at: 3, "s"), as: .base, for: stream)
            #expect(
                try await log.compact(stream, through: Offset(rawValue: 2))
                    == Offset(rawValue: 2))
            #expect(
                try await log.push(phone, from: 1, ["?", "b", "c"], to: stream).short
                    == ["replica-cloned", "not-reached", "not-reached"])
            let verdicts = try await log.push(
                phone, from: 1, ["a", "b", "c", "d"], to: stream)
            #expect(
                verdicts.short
                    == ["duplicate 0", "schema-violation 2", "duplicate 3", "accepted 4"])
            #expect(
                try await log.push(phone, from: 1, ["a", "other", "c"], to: stream).short
                    == ["duplicate 0", "replica-cloned", "not-reached"])
            let all = try await log.compact(stream, through: Offset(rawValue: 3))
            #expect(all == Offset(rawValue: 3))
            let own = Sample(content: "x", seen: 4, beyond: [phone: 4])
            #expect(
                try await log.push(kiosk, from: 1, [own], to: stream).short == ["accepted 5"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `What lies further back than a replica sends again can only come from a copy`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let samples = (1...1_500).map { Sample(content: "e\($0)") }
            try await log.push(phone, from: 1, Array(samples.prefix(700)), to: stream)
            try await log.push(phone, from: 701, Array(samples.dropFirst(700)), to: stream)
            try await log.store(snapshot(at: 1_500, "s"), as: .base, for: stream)
            #expect(
                try await log.compact(stream, through: Offset(rawValue: 1_500))
                    == Offset(rawValue: 1_500))
            let honest = try await log.push(phone, from: 501, Array(samples[500...]), to: stream)
            #expect(honest.allSatisfy { $0 == .duplicate(.start) })
            #expect(honest.count == 1_000)
            #expect(
                try await log.push(phone, from: 500, [samples[499]], to: stream).short
                    == ["replica-cloned"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `The base stays where the log begins, whatever is stored later`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            try await log.store(snapshot(at: 3, "base"), as: .base, for: stream)
            #expect(try await log.snapshot(of: stream) == snapshot(at: 3, "base"))
            try await log.store(snapshot(at: 8, "latest"), for: stream)
            #expect(try await log.snapshot(of: stream) == snapshot(at: 8, "latest"))
            #expect(try await log.snapshot(of: stream, .base) == snapshot(at: 3, "base"))
            await #expect(throws: LogFailure.self) {
                try await log.compact(stream, through: Offset(rawValue: 8))
            }
            #expect(
                try await log.compact(stream, through: Offset(rawValue: 3)) == Offset(rawValue: 3))
        }
    }

    @Test(arguments: Engine.allCases)
    func `Tenants are sealed off, also where streams have the same name`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let ours = try key("cust-1", tenant: "acme")
            let theirs = try key("cust-1", tenant: "zenith")
            try await fill(ours, of: log)
            try await log.push(phone, from: 1, ["theirs"], to: theirs)
            let before = try await log.entries(of: theirs)
            let idempotency = IdempotencyKey(key: "k", digest: digest("request"))
            _ = try await log.append(
                push(till, from: nil, ["keyed"], key: idempotency), to: theirs)
            let ourAppend = try await log.append(
                push(till, from: nil, ["keyed"], key: idempotency), to: ours)
            #expect(ourAppend.verdicts.short == ["accepted 9"])
            #expect(before.map(\.content) == ["theirs"])

            try await log.store(snapshot(at: 8, "ours"), as: .base, for: ours)
            #expect(try await log.snapshot(of: theirs) == nil)
            #expect(
                try await log.compact(ours, through: Offset(rawValue: 8))
                    == Offset(rawValue: 8))
            let head = try await log.head(of: theirs)
            #expect(head.offset == Offset(rawValue: 2))
            #expect(head.horizon == .start)
            #expect(try await log.entries(of: theirs).map(\.content) == ["theirs", "keyed"])
            #expect(
                try await log.push(phone, from: 1, ["other"], to: theirs).short
                    == ["replica-cloned"])
        }
    }

    private func vectors(of stream: StreamKey, in log: any LogEngine) async throws
        -> [VersionVector?]
    {
        var vectors: [VersionVector?] = []
        for offset in 0...8 as ClosedRange<UInt64> {
            vectors.append(try await log.vector(of: stream, at: Offset(rawValue: offset)))
        }
        return vectors
    }

    private func snapshot(at offset: UInt64, _ body: String) -> StoredSnapshot {
        StoredSnapshot(
            offset: Offset(rawValue: offset), body: Array(body.utf8), stateHash: digest(body))
    }
}
