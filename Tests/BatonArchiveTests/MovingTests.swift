import BatonCore
import BatonLog
import BatonWire
import Crypto
import Foundation
import Testing

@testable import BatonArchive

/// What was exported or archived comes back as it was, on either engine, or nothing changes.
@Suite struct MovingTests {
    enum Engine: String, CaseIterable, Sendable { case memory, sqlite }

    /// Runs `body` with a maker of empty logs and a folder.
    private func run(
        _ engine: Engine,
        _ body: (@escaping (String) throws -> any LogEngine, String) async throws
            -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "baton-moving-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(
            { name -> any LogEngine in
                guard engine == .sqlite else { return MemoryLog() }
                return try SQLiteLog.open(directory: "\(folder)/\(name)")
            }, "\(folder)/archive")
    }

    /// Appends a sample's chunks to a log, as they lie.
    private func fill(_ sample: SampleStream, _ range: Range<Int>, of log: any LogEngine)
        async throws
    {
        let place = try sample.place(after: range.lowerBound)
        _ = try await log.putBack(
            sample.chunks[range].map { try $0.archived() }, after: place.chain, movedTo: nil,
            to: sample.key)
    }

    /// Compacts a log after so many chunks, as the server does; the state says only what it covers.
    private func compact(_ sample: SampleStream, after count: Int, of log: any LogEngine)
        async throws
    {
        let snapshot = try sample.snapshot(after: count)
        try await log.store(snapshot.stored, as: .base, for: sample.key)
        _ = try await log.compact(sample.key, through: snapshot.offset)
    }

    private func chunks(of log: any LogEngine, _ key: StreamKey) async throws -> [Chunk] {
        let horizon = try await log.head(of: key).horizon
        return try await log.read(
            key, after: horizon, limit: ReadLimit(events: 10_000, bytes: 1 << 30)
        ).chunks
    }

    @Test(arguments: Engine.allCases)
    func `A stream comes into an empty log as it was, twice if need be`(engine: Engine) async throws
    {
        try await run(engine) { make, path in
            let sample = try SampleStream.long()
            let log = try make("from")
            try await fill(sample, 0..<12, of: log)
            let outcome = try await ArchiveExport(from: log, into: ArchiveWriter(path))
                .run(sample.key)
            #expect(outcome?.entries == 24)
            let other = try make("to")
            let work = ArchiveImport(from: try Archive(opening: path), into: other)
            for turn in 0..<2 {
                let plan = try #require(try await work.plan(sample.key))
                #expect(plan.kind == (turn == 0 ? .make : .join))
                #expect(plan.behind == (turn == 0 ? 24 : 0) && plan.held == (turn == 0 ? 0 : 24))
                #expect(plan.changes == (turn == 0))
                let head = try await work.run(plan)
                #expect(try await head == log.head(of: sample.key))
                #expect(try await chunks(of: other, sample.key) == sample.chunks)
            }
            // The refused event is known again.
            let refused = sample.chunks[4]
            let verdicts = try await log.append(retry(of: refused), to: sample.key).verdicts
            let there = try await other.append(retry(of: refused), to: sample.key).verdicts
            #expect(verdicts == there)
            #expect(verdicts.first == .refused(refusal, refused.offset))
            await log.close()
            await other.close()
        }
    }

    private let refusal = Refusal(.schemaViolation, "because of cust-1 4")

    private func retry(of chunk: Chunk) throws -> AppendRequest {
        var body: [UInt8] = []
        EventFrames.append(Array("again".utf8), to: &body)
        return AppendRequest(
            replica: chunk.replica, firstCounter: chunk.counter, body: body,
            entries: [
                .init(
                    length: body.count, seen: .start,
                    void: VoidRecord(
                        refusal: refusal, digest: Array(SHA256.hash(data: Array("cust-1 4".utf8)))))
            ], receivedAt: 1)
    }

    @Test(arguments: Engine.allCases)
    func `A compacted stream comes with its base, and what was archived before goes below`(
        engine: Engine
    ) async throws {
        try await run(engine) { make, path in
            let sample = try SampleStream.long()
            let log = try make("from")
            try await fill(sample, 0..<12, of: log)
            // What compaction would archive.
            let archived = path + "-old"
            try sample.archive(0..<7, in: ArchiveWriter(archived))
            try await compact(sample, after: 7, of: log)
            _ = try await ArchiveExport(from: log, into: ArchiveWriter(path)).run(sample.key)
            #expect(try ArchiveCheck.run(path).findings == [])

            let other = try make("to")
            let work = ArchiveImport(from: try Archive(opening: path), into: other)
            for _ in 0..<2 {
                let plan = try #require(try await work.plan(sample.key))
                #expect(try await work.run(plan) == log.head(of: sample.key))
            }
            #expect(
                try await other.beginning(of: sample.key) == log.beginning(of: sample.key))
            #expect(try await chunks(of: other, sample.key) == Array(sample.chunks[7...]))
            let refused = try retry(of: sample.chunks[4])
            #expect(
                try await other.append(refused, to: sample.key).verdicts.first
                    == .refused(refusal, sample.chunks[4].offset))

            let below = ArchiveImport(from: try Archive(opening: archived), into: other)
            for turn in 0..<2 {
                let plan = try #require(try await below.plan(sample.key))
                #expect(plan.below == (turn == 0 ? sample.chunks[6].lastOffset.rawValue : 0))
                let head = try await below.run(plan)
                #expect(head.horizon == .start)
            }
            #expect(try await chunks(of: other, sample.key) == sample.chunks)
            await log.close()
            await other.close()
        }
    }

    @Test(arguments: Engine.allCases)
    func `A stream of which all was compacted comes as its snapshot alone`(engine: Engine)
        async throws
    {
        try await run(engine) { make, path in
            let sample = try SampleStream.long()
            let log = try make("from")
            try await fill(sample, 0..<12, of: log)
            try await compact(sample, after: 12, of: log)
            let outcome = try await ArchiveExport(from: log, into: ArchiveWriter(path))
                .run(sample.key)
            #expect(outcome?.entries == 0 && outcome?.beginning == outcome?.head)
            let other = try make("to")
            let work = ArchiveImport(from: try Archive(opening: path), into: other)
            let plan = try #require(try await work.plan(sample.key))
            #expect(plan.kind == .make && plan.changes)
            #expect(try await work.run(plan) == log.head(of: sample.key))
            // It goes on from there: the next event of each replica.
            for log in [log, other] {
                var next = sample
                try next.add(2)
                try await fill(next, 12..<13, of: log)
            }
            #expect(try await other.head(of: sample.key) == log.head(of: sample.key))
            await log.close()
            await other.close()
        }
    }

    @Test(arguments: Engine.allCases)
    func `Exporting again adds what came since`(engine: Engine) async throws {
        try await run(engine) { make, path in
            let sample = try SampleStream.long()
            let log = try make("from")
            for (range, written) in [(0..<5, 9), (5..<5, 0), (5..<12, 15)] {
                if !range.isEmpty { try await fill(sample, range, of: log) }
                let outcome = try await ArchiveExport(from: log, into: ArchiveWriter(path))
                    .run(sample.key)
                #expect(outcome?.entries == UInt64(written))
            }
            #expect(try BatonArchiveTests.chunks(in: path, of: sample.key) == sample.chunks)
            let nobody = StreamKey(tenant: sample.key.tenant, stream: try StreamID("nobody"))
            #expect(
                try await ArchiveExport(from: log, into: ArchiveWriter(path)).run(nobody) == nil)
            await log.close()
        }
    }

    @Test(arguments: Engine.allCases)
    func `Entries of another log are refused before anything is changed`(engine: Engine)
        async throws
    {
        try await run(engine) { make, path in
            let ours = try SampleStream.long()
            var theirs = try SampleStream()
            for (index, chunk) in ours.chunks.enumerated() {
                try theirs.add(
                    chunk.count, by: chunk.replica, mark: index == 1 ? "other" : "cust-1 \(index)",
                    isVoid: index == 4)
            }
            try theirs.archive(0..<12, in: ArchiveWriter(path))
            let log = try make("log")
            try await fill(ours, 0..<9, of: log)
            for compacted in [false, true] {
                if compacted { try await compact(ours, after: 5, of: log) }
                let head = try await log.head(of: ours.key)
                do {
                    _ = try await ArchiveImport(from: Archive(opening: path), into: log)
                        .plan(ours.key)
                    Issue.record("took another log's entries for its own")
                } catch let failure as ArchiveFailure {
                    #expect(failure.code == .foreign)
                }
                #expect(try await log.head(of: ours.key) == head)
            }
            await log.close()
        }
    }

    @Test func `Entries that do not join on to the log stay where they are`() async throws {
        try await run(.memory) { make, path in
            let sample = try SampleStream.long()
            let log = try make("log")
            try await fill(sample, 0..<12, of: log)
            let writer = try ArchiveWriter(path)
            try sample.archive(0..<2, in: writer)
            try sample.archive(4..<7, in: writer)
            try await compact(sample, after: 7, of: log)
            let work = ArchiveImport(from: try Archive(opening: path), into: log)
            let plan = try #require(try await work.plan(sample.key))
            #expect(plan.left == 3 && plan.below == 6)
            #expect(try await work.run(plan).horizon == sample.chunks[3].lastOffset)
            // What lies between comes from elsewhere; then the rest joins on.
            let between = path + "-between"
            try sample.archive(2..<4, in: ArchiveWriter(between))
            let other = ArchiveImport(from: try Archive(opening: between), into: log)
            _ = try await other.run(try #require(try await other.plan(sample.key)))
            let rest = try #require(try await work.plan(sample.key))
            #expect(rest.below == 3)
            #expect(try await work.run(rest).horizon == .start)
            #expect(try await chunks(of: log, sample.key) == sample.chunks)
            // A log that has none of it, and an archive without its beginning.
            let empty = ArchiveImport(from: try Archive(opening: between), into: MemoryLog())
            let apart = try #require(try await empty.plan(sample.key))
            #expect(apart.kind == .apart && apart.left == 4 && !apart.changes)
        }
    }
}
