import BatonCore
import BatonLog
import Testing

/// What every engine promises about putting back what an archive holds.
@Suite struct PutBackContract {
    @Test(arguments: Engine.allCases)
    func `What compaction dropped comes back as it was, newest run first`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await filled(stream, of: log)
            let before = try await Archived(stream, of: log)
            let entries = try await log.entries(of: stream)
            try await drop(through: 9, of: stream, in: log)

            await #expect(throws: LogFailure.self, "a run that does not reach the horizon") {
                try await before.putBack(0..<2, to: stream, of: log)
            }
            #expect(try await log.head(of: stream).horizon == Offset(rawValue: 9))
            for run in [4..<6, 2..<4, 0..<2] {
                try await before.putBack(run, to: stream, of: log)
                // Twice: it is there already.
                let head = try await before.putBack(run, to: stream, of: log)
                #expect(head.horizon == before.start(of: run))
                #expect(head == (try await log.head(of: stream)))
            }
            #expect(try await log.entries(of: stream) == entries)
            #expect(try await Archived(stream, of: log).chunks == before.chunks)
            let retry = try await log.push(phone, from: 1, ["a", "b", "c", "d"], to: stream)
            #expect(retry.short == ["duplicate 1", "duplicate 2", "duplicate 4", "duplicate 5"])
            #expect(
                try await log.push(phone, from: 2, ["?"], to: stream).short == ["replica-cloned"])
            #expect(
                try await log.push(kiosk, from: 3, ["z", bad, "new"], to: stream).short
                    == ["duplicate 8", "schema-violation 9", "accepted 10"])
        }
    }

    @Test(arguments: Engine.allCases)
    func `A whole log is made in another one, with its offsets, refusals and forwarding`(
        engine: Engine
    ) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await filled(stream, of: log)
            let archived = try await Archived(stream, of: log)
            let target = try StreamID("cust-9")
            try await engine.run { other in
                for run in [0..<3, 3..<6] {
                    try await archived.putBack(
                        run, to: stream, of: other, movedTo: run.upperBound == 6 ? target : nil)
                }
                #expect(try await other.entries(of: stream) == log.entries(of: stream))
                #expect(try await other.head(of: stream).chain == log.head(of: stream).chain)
                #expect(try await other.head(of: stream).movedTo == target)
                #expect(
                    try await other.push(kiosk, from: 4, [bad, "new"], to: stream).short
                        == ["schema-violation 9", "stream-moved"])
                #expect(
                    try await other.vector(of: stream, at: Offset(rawValue: 9))
                        == log.vector(of: stream, at: Offset(rawValue: 9)))
            }
        }
    }

    @Test(arguments: Engine.allCases)
    func `A run that does not fit changes nothing`(engine: Engine) async throws {
        try await engine.run { log in
            let stream = try key("cust-1")
            try await filled(stream, of: log)
            let archived = try await Archived(stream, of: log)
            try await drop(through: 9, of: stream, in: log)
            let entries = try await log.entries(of: stream)
            let head = try await log.head(of: stream)
            var changed = archived
            changed.chunks[4] = archived.chunks[4].with(body: "!")
            var recounted = archived
            recounted.chunks[5] = archived.chunks[5].with(counter: 7)
            for (bad, run) in [(changed, 3..<6), (recounted, 3..<6), (archived, 0..<4)] {
                do {
                    try await bad.putBack(run, to: stream, of: log)
                    Issue.record("was put back")
                } catch let failure as LogFailure {
                    #expect(failure.code == .corrupt)
                }
            }
            await #expect(throws: LogFailure.self, "another hash before") {
                try await log.putBack(
                    archived.chunks.map { ArchivedChunk($0) }, after: digest("?"), movedTo: nil,
                    to: stream)
            }
            await #expect(throws: LogFailure.self, "a log that lacks what comes before") {
                try await archived.putBack(3..<6, to: key("other"), of: log)
            }
            #expect(try await log.entries(of: stream) == entries)
            #expect(try await log.head(of: stream) == head)
        }
    }

    private let bad = Sample(content: "bad", void: .schemaViolation)

    /// ``fill(_:of:)`` and a refused event: nine entries in six chunks.
    private func filled(_ stream: StreamKey, of log: any LogEngine) async throws {
        try await fill(stream, of: log)
        try await log.push(kiosk, from: 4, [bad], to: stream)
    }

    private func drop(through offset: UInt64, of stream: StreamKey, in log: any LogEngine)
        async throws
    {
        let offset = Offset(rawValue: offset)
        try await log.store(
            StoredSnapshot(offset: offset, body: [1], stateHash: [2]), as: .base, for: stream)
        #expect(try await log.compact(stream, through: offset) == offset)
    }
}

/// A stream's chunks, as an archive would hold them.
private struct Archived {
    var chunks: [Chunk]
    private let chains: [[UInt8]]

    init(_ stream: StreamKey, of log: any LogEngine) async throws {
        chunks = try await log.read(
            stream, after: .start, limit: ReadLimit(events: 99, bytes: 9_999)
        ).chunks
        let headers = try await log.headers(of: stream, after: .start, limit: 99)
        chains = [[UInt8](repeating: 0, count: 32)] + headers.map(\.chain)
    }

    func start(of run: Range<Int>) -> Offset {
        Offset(rawValue: chunks[run.lowerBound].offset.rawValue - 1)
    }

    @discardableResult
    func putBack(
        _ run: Range<Int>, to stream: StreamKey, of log: any LogEngine, movedTo: StreamID? = nil
    ) async throws -> LogHead {
        let refusal = Refusal(.schemaViolation, "because of bad")
        let voids = [
            Counter(rawValue: 4): VoidRecord(refusal: refusal, digest: digest("bad"))
        ]
        return try await log.putBack(
            chunks[run].map { ArchivedChunk($0, voids: $0.replica == kiosk ? voids : [:]) },
            after: chains[run.lowerBound], movedTo: movedTo, to: stream)
    }
}

extension Chunk {
    fileprivate func with(body text: String? = nil, counter: UInt64? = nil) -> Chunk {
        var bytes: [UInt8] = []
        for _ in 0..<count { EventFrames.append(Array((text ?? "").utf8), to: &bytes) }
        return Chunk(
            replica: replica, counter: counter.map { Counter(rawValue: $0) } ?? self.counter,
            offset: offset, count: count, body: text == nil ? body : bytes, receivedAt: receivedAt)
    }
}
