import BatonCore
import BatonLog
import Testing

/// What every engine promises about where a log begins, and about making a stream that begins late.
@Suite struct BeginningContract {
    private func snapshot(at offset: UInt64) -> StoredSnapshot {
        StoredSnapshot(
            offset: Offset(rawValue: offset), body: Array("state \(offset)".utf8),
            stateHash: digest("\(offset)"))
    }

    /// Two replicas, of which the phone's second event was refused.
    private func fill(_ stream: StreamKey, of log: any LogEngine) async throws {
        let bad = Sample(content: "b", void: .schemaViolation)
        try await log.push(phone, from: 1, ["a", bad], to: stream)
        try await log.push(kiosk, from: 1, ["k"], to: stream)
        try await log.push(phone, from: 3, ["c", "d"], to: stream)
    }

    @Test(arguments: Engine.allCases)
    func `The beginning tells horizon, hash, counters, base and refused events`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            let nothing = try await log.beginning(of: stream)
            #expect(nothing.horizon == .start && nothing.base == nil && nothing.voids == [])
            #expect(nothing.chain == [UInt8](repeating: 0, count: 32))
            try await fill(stream, of: log)
            #expect(try await log.beginning(of: stream) == nothing)

            let chain = try await log.headers(of: stream, after: .start, limit: 9)[1].chain
            try await log.store(snapshot(at: 5), as: .base, for: stream)
            _ = try await log.compact(stream, through: Offset(rawValue: 3))
            let beginning = try await log.beginning(of: stream)
            #expect(beginning.horizon == Offset(rawValue: 3))
            #expect(beginning.chain == chain)
            #expect(
                beginning.counters
                    == VersionVector([phone: Counter(rawValue: 2), kiosk: Counter(rawValue: 1)]))
            #expect(beginning.base == snapshot(at: 5))
            let void = try #require(beginning.voids.first)
            #expect(beginning.voids.count == 1)
            #expect(void.dot == Dot(phone, Counter(rawValue: 2)))
            #expect(void.offset == Offset(rawValue: 2))
            #expect(void.record.digest == digest("b"))
        }
    }

    @Test(arguments: Engine.allCases)
    func `A stream that is made to begin late goes on as the one it comes from`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            try await log.store(snapshot(at: 3), as: .base, for: stream)
            _ = try await log.compact(stream, through: Offset(rawValue: 3))
            let whole = try await log.beginning(of: stream)
            try await engine.run { other in
                let beginning = StreamBeginning(
                    horizon: whole.horizon, chain: whole.chain, counters: whole.counters,
                    base: whole.base, voids: whole.voids, movedTo: try StreamID("cust-9"))
                // Twice: it stands there already.
                for _ in 0..<2 { try await other.begin(stream, at: beginning) }
                #expect(try await other.beginning(of: stream) == beginning)
                let head = try await other.head(of: stream)
                #expect(head.offset == whole.horizon && head.chain == whole.chain)
                #expect(head.movedTo == beginning.movedTo)
                #expect(
                    try await other.vector(of: stream, at: head.offset) == whole.counters)
                #expect(try await other.snapshot(of: stream) == snapshot(at: 3))

                let chunks = try await log.read(
                    stream, after: whole.horizon, limit: ReadLimit(events: 9, bytes: 999)
                ).chunks
                let after = try await other.putBack(
                    chunks.map { ArchivedChunk($0) }, after: whole.chain, movedTo: nil, to: stream)
                #expect(try await after == log.head(of: stream))
                let bad = Sample(content: "b", void: .schemaViolation)
                for log in [log, other] {
                    #expect(
                        try await log.push(phone, from: 2, [bad, "c", "d", "e"], to: stream).short
                            == ["schema-violation 2", "duplicate 4", "duplicate 5", "accepted 6"])
                    #expect(
                        try await log.push(kiosk, from: 2, ["l"], to: stream).short
                            == ["accepted 7"])
                }
                #expect(try await other.head(of: stream) == log.head(of: stream))
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `A stream begins only behind a snapshot, and never in place of another`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            func beginning(base: StoredSnapshot?) -> StreamBeginning {
                StreamBeginning(
                    horizon: Offset(rawValue: 3), chain: digest("3"),
                    counters: VersionVector([phone: Counter(rawValue: 3)]), base: base, voids: [])
            }
            for base in [nil, snapshot(at: 2), snapshot(at: 4)] {
                await #expect(throws: LogFailure.self) {
                    try await log.begin(stream, at: beginning(base: base))
                }
            }
            #expect(try await log.head(of: stream).offset == .start)
            try await fill(stream, of: log)
            let head = try await log.head(of: stream)
            await #expect(throws: LogFailure.self) {
                try await log.begin(stream, at: beginning(base: snapshot(at: 3)))
            }
            #expect(try await log.head(of: stream) == head)
            // Of another tenant nothing is known.
            try await log.begin(
                key("cust-1", tenant: "zenith"), at: beginning(base: snapshot(at: 3)))
            #expect(try await log.head(of: stream) == head)
        }
    }
}
