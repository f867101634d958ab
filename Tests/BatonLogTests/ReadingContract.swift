import BatonCore
import BatonLog
import Testing

/// What every engine promises about reading.
@Suite struct ReadingContract {
    @Test(arguments: Engine.allCases)
    func `An unknown stream reads as an empty one`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("nobody")
            let slice = try await log.read(
                stream, after: Offset(rawValue: 7), limit: ReadLimit(events: 1, bytes: 1))
            #expect(slice == LogSlice(chunks: [], head: .start, horizon: .start))
            #expect(try await log.head(of: stream).offset == .start)
            #expect(try await log.snapshot(of: stream) == nil)
            #expect(
                try await log.vector(of: stream, at: Offset(rawValue: 3)) == VersionVector())
        }
    }

    @Test(arguments: Engine.allCases)
    func `A read begins in the middle of a chunk where it must`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b", "c"], to: stream)
            try await log.push(kiosk, from: 1, ["x", "y"], to: stream)
            let all = try await log.entries(of: stream)
            for offset in 0...6 {
                let entries = try await log.entries(of: stream, after: UInt64(offset))
                #expect(entries == Array(all.dropFirst(offset)), "after \(offset)")
            }
            let beyond = try await log.read(
                stream, after: Offset(rawValue: .max), limit: ReadLimit(events: 9, bytes: 9))
            #expect(beyond.chunks.isEmpty)
            #expect(beyond.head == Offset(rawValue: 5))
        }
    }

    @Test(arguments: Engine.allCases, [1, 2, 3, 4, 5, 6, 7])
    func `A read gives at most so many entries`(engine: Engine, limit: Int) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b", "c"], to: stream)
            try await log.push(kiosk, from: 1, ["x", "y", "z"], to: stream)
            let all = try await log.entries(of: stream)
            var read: [ReadEntry] = []
            while read.count < all.count {
                let slice = try await log.read(
                    stream, after: Offset(rawValue: UInt64(read.count)),
                    limit: ReadLimit(events: limit, bytes: 1 << 20))
                let entries = slice.entries
                #expect(entries.count == min(limit, all.count - read.count))
                guard !entries.isEmpty else { return }
                read += entries
            }
            #expect(read == all)
        }
    }

    @Test(arguments: Engine.allCases)
    func `The entry that passes the mark of bytes is the last`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            // Frames of 12 bytes each.
            let samples = (0..<4).map { Sample(content: "event-000\($0)") }
            try await log.push(phone, from: 1, samples, to: stream)
            try await log.push(kiosk, from: 1, samples, to: stream)
            func count(_ bytes: Int) async throws -> Int {
                try await log.read(
                    stream, after: .start, limit: ReadLimit(events: 100, bytes: bytes)
                ).entries.count
            }
            #expect(try await count(1) == 1)
            #expect(try await count(12) == 1)
            #expect(try await count(13) == 2)
            #expect(try await count(48) == 4)
            #expect(try await count(49) == 5)
            #expect(try await count(1_000) == 8)
        }
    }

    @Test(arguments: Engine.allCases)
    func `A chunk tells who wrote it and when it came`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            _ = try await log.append(push(phone, from: 1, ["a", "b"], at: 77), to: stream)
            let slice = try await log.read(
                stream, after: Offset(rawValue: 1), limit: ReadLimit(events: 9, bytes: 99))
            let chunk = try #require(slice.chunks.first)
            #expect(chunk.replica == phone)
            #expect(chunk.counter == Counter(rawValue: 2))
            #expect(chunk.offset == Offset(rawValue: 2))
            #expect(chunk.count == 1)
            #expect(chunk.receivedAt == 77)
        }
    }

    @Test(arguments: Engine.allCases)
    func `The vector at an offset covers what stands up to there`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            let entries = try await log.entries(of: stream)
            var expected = VersionVector()
            for entry in entries {
                expected.insert(entry.dot)
                let vector = try await log.vector(
                    of: stream, at: Offset(rawValue: entry.offset))
                #expect(vector == expected, "at \(entry.offset)")
            }
            #expect(try await log.vector(of: stream, at: .start) == VersionVector())
            #expect(try await log.vector(of: stream, at: Offset(rawValue: .max)) == expected)
        }
    }

    @Test(arguments: Engine.allCases)
    func `Streams are listed in order, page by page`(engine: Engine) async throws {
        try await engine.run { log in
            for name in ["b", "a", "C", "b-2"] {
                try await log.push(phone, from: 1, ["a", "b"], to: key(name))
            }
            try await log.push(kiosk, from: 1, ["x"], to: key("b"))
            try await log.push(kiosk, from: 1, ["x"], to: key("z", tenant: "other"))
            let tenant = try TenantID("acme")
            let all = try await log.streams(of: tenant, after: nil, limit: 10)
            #expect(all.map(\.stream.description) == ["C", "a", "b", "b-2"])
            #expect(all.map(\.replicas) == [1, 1, 2, 1])
            #expect(all.map(\.head.rawValue) == [2, 2, 3, 2])
            #expect(all.allSatisfy { $0.updatedAt == 1_000 })
            let page = try await log.streams(of: tenant, after: StreamID("a"), limit: 1)
            #expect(page == [all[2]])
        }
    }
}

extension ReadingContract {
    @Test(arguments: Engine.allCases)
    func `Headers tell of chunks what their bodies are not needed for`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await fill(stream, of: log)
            let all = try await log.headers(of: stream, after: .start, limit: 99)
            #expect(all.map(\.offset.rawValue) == [1, 3, 4, 6, 7])
            #expect(all.map(\.count) == [2, 1, 2, 1, 2])
            #expect(all.map(\.counter.rawValue) == [1, 1, 3, 1, 2])
            #expect(all.map(\.replica) == [phone, kiosk, phone, till, kiosk])
            #expect(all.map(\.bytes) == [6, 3, 6, 3, 6])
            #expect(all.allSatisfy { $0.receivedAt == 1_000 })
            #expect(all.last?.chain == (try await log.head(of: stream).chain))
            let some = try await log.headers(of: stream, after: Offset(rawValue: 4), limit: 2)
            #expect(some == Array(all[2...3]))
            #expect(try await log.headers(of: key("nobody"), after: .start, limit: 9) == [])
        }
    }

    @Test(arguments: Engine.allCases)
    func `Tenants are listed in order, page by page`(engine: Engine) async throws {
        try await engine.run { log in
            for tenant in ["zenith", "acme", "mid"] {
                for stream in 0..<5 {
                    try await log.push(
                        phone, from: 1, ["a"], to: key("c-\(stream)", tenant: tenant))
                }
            }
            let all = try await log.tenants(after: nil, limit: 9)
            #expect(all.map(\.description) == ["acme", "mid", "zenith"])
            let page = try await log.tenants(after: TenantID("acme"), limit: 1)
            #expect(page.map(\.description) == ["mid"])
        }
    }
}

/// Eight entries of three replicas in five chunks: 1–2, 3, 4–5, 6, 7–8.
func fill(_ stream: StreamKey, of log: any LogEngine) async throws {
    try await log.push(phone, from: 1, ["a", "b"], to: stream)
    try await log.push(kiosk, from: 1, ["x"], to: stream)
    try await log.push(phone, from: 3, ["c", "d"], to: stream)
    try await log.push(till, from: 1, ["t"], to: stream)
    try await log.push(kiosk, from: 2, ["y", "z"], to: stream)
}
