import BatonArchive
import BatonCore
import BatonLog
import BatonSync
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// Compaction changes neither state, vector, chain nor any answer, or nothing at all.
@Suite struct CompactorTests {
    @Test(arguments: LogKind.allCases)
    func `State hash, vector and head are the same before and after`(kind: LogKind) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                try await stream.quarrel(on: server)
                try await stream.fill(20, on: server)
                let head = try await log.head(of: stream.key)
                let before = try await stream.summary()
                let vector = try await log.vector(of: stream.key, at: head.offset)
                let outcome = try await stream.compact(keep: 4)
                #expect(outcome.stateHash == before.hash)
                #expect(outcome.horizon.rawValue == head.offset.rawValue - 4)
                #expect(outcome.dropped == head.offset.rawValue - 4)
                #expect(try await stream.summary() == before)
                #expect(try await log.vector(of: stream.key, at: head.offset) == vector)
                let after = try await log.head(of: stream.key)
                #expect(after.offset == head.offset && after.chain == head.chain)
                #expect(
                    try await log.snapshot(of: stream.key, .base)?.offset == outcome.horizon)

                // Again, with more to go; then with nothing to go.
                try await stream.fill(3, on: server)
                let later = try await stream.summary()
                #expect(try await stream.compact(keep: 0).stateHash == later.hash)
                #expect(try await stream.summary() == later)
                #expect(try await stream.compact(keep: 0).dropped == 0)
            }
        }
    }

    @Test(arguments: LogKind.allCases)
    func `Clients notice nothing: one that is up to date, one that was away, one that is new`(
        kind: LogKind
    ) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                let token = try await server.token()
                let address = "http://127.0.0.1:\(server.port)"
                func withClient(
                    _ name: String,
                    _ body:
                        @escaping @Sendable (CustomerStream, SyncClient) async throws
                        -> Void
                ) async throws {
                    try await withSyncClient(
                        store: .file("\(folder)/\(name)"), server: address, channel: "app",
                        token: .fixed(token)
                    ) { try await body(try $0.stream("cust-1"), $0) }
                }
                try await withClient("away") { stream, client in
                    try await stream.cart("main").setNote("from away")
                    try await client.sync()
                }
                try await stream.fill(12, on: server)
                try await withClient("current") { _, client in try await client.sync() }
                try await withClient("away") { stream, _ in
                    // Offline: it edits on top of what it saw long ago.
                    try await stream.cart("main").add(
                        "socks", quantity: 2, title: "Socks", price: Money(500, "EUR"))
                }
                try await stream.compact(keep: 2)
                for name in ["away", "current", "new", "away", "current"] {
                    try await withClient(name) { _, client in try await client.sync() }
                }
                let summary = try await stream.summary()
                for name in ["away", "current", "new"] {
                    try await withClient(name) { stream, _ in
                        #expect(StateHash(of: stream.state) == summary.hash, "\(name)")
                        #expect(stream.state.canonicalJSON.contains("socks"))
                    }
                }
            }
        }
    }

    @Test(arguments: LogKind.allCases)
    func `A base that does not make the state that is there stops it, and nothing is dropped`(
        kind: LogKind
    ) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                try await stream.fill(8, on: server)
                let head = try await log.head(of: stream.key)
                // A base of the right events, and of another state than they make.
                let vector = try await log.vector(of: stream.key, at: head.offset)
                let wrong = StreamState(
                    entities: [:], vector: vector ?? VersionVector(), offset: head.offset)
                let truth = try await stream.summary()
                try await log.store(StoredSnapshot(wrong), as: .base, for: stream.key)
                do {
                    try await stream.compact(keep: 2)
                    Issue.record("dropped entries that the base does not hold")
                } catch let failure as CompactionFailure {
                    #expect(failure.code == .stateDiffers)
                    #expect(failure.message.contains(truth.hash.description))
                    #expect(failure.message.contains(StateHash(of: wrong).description))
                }
                let after = try await log.head(of: stream.key)
                #expect(after == head)
            }
        }
    }

    @Test(arguments: LogKind.allCases)
    func `What an interrupted run left is gone on with, and archived once`(
        kind: LogKind
    ) async throws {
        try await kind.run { log, folder in
            let stream = try CompactedStream(log)
            let path = folder + "/archive"
            try await TestServer.with(engine: log) { server in
                try await stream.fill(10, on: server)
                let whole = try await log.read(
                    stream.key, after: .start, limit: ReadLimit(events: 1_000, bytes: 1 << 20))
                let before = try await stream.summary()
                // As a run that was killed while it dropped leaves it.
                try await stream.compact(keep: 6, archive: ArchiveWriter(path))
                let cache = StateCache(
                    engine: log, schemas: BuiltinSchemas.all, limits: ServerLimits())
                let later = try await cache.state(
                    of: stream.key, at: Offset(rawValue: whole.head.rawValue - 3), archive: nil)
                try await log.store(StoredSnapshot(later), as: .base, for: stream.key)
                _ = try await log.compact(
                    stream.key, through: Offset(rawValue: whole.head.rawValue - 4))

                let outcome = try await stream.compact(keep: 3, archive: ArchiveWriter(path))
                #expect(outcome.horizon.rawValue == whole.head.rawValue - 3)
                #expect(try await stream.summary() == before)
                // The entry that was dropped without being archived leaves a gap that is told of.
                let manifest = try #require(
                    try Archive(opening: path).manifest(of: stream.key))
                #expect(manifest.runs.count == 2)
                #expect(manifest.entries == whole.head.rawValue - 3 - 2)
                #expect(try ArchiveCheck.run(path).findings == [])
            }
        }
    }

    @Test func `Going slowly does the same in more steps`() async throws {
        try await LogKind.memory.run { log, folder in
            let stream = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                try await stream.fill(10, on: server)
                let before = try await stream.summary()
                var compactor = stream.compactor(
                    pace: CompactionPace(entriesPerSecond: 10, now: { .zero }, sleep: { _ in }))
                let plan = try await compactor.plan(
                    stream.key, policy: CompactionPolicy(olderThan: nil, keepLast: 1), now: 0)
                var steps: [UInt64] = []
                let outcome = try await compactor.run(plan) { done, total in
                    steps.append(done)
                    #expect(done <= total)
                }
                #expect(steps == steps.sorted())
                #expect(steps.last == plan.head.rawValue + plan.stays + plan.entries)
                #expect(steps.count == Int(plan.head.rawValue + plan.stays + plan.entries))
                #expect(outcome.horizon == plan.through)
                #expect(try await stream.summary() == before)
            }
        }
    }

    @Test func `An archive of another log keeps anything from being dropped`() async throws {
        try await LogKind.memory.run { log, folder in
            let path = folder + "/archive"
            let other = MemoryLog()
            let theirs = try CompactedStream(other)
            try await TestServer.with(engine: other) { server in
                try await theirs.fill(4, on: server)
                try await theirs.compact(keep: 0, archive: ArchiveWriter(path))
            }
            let ours = try CompactedStream(log)
            try await TestServer.with(engine: log) { server in
                try await ours.fill(6, on: server)
                do {
                    try await ours.compact(keep: 0, archive: ArchiveWriter(path))
                    Issue.record("took another log's archive for its own")
                } catch let failure as CompactionFailure {
                    #expect(failure.code == .archive)
                    #expect(failure.cause == "archive-foreign")
                }
                #expect(try await log.head(of: ours.key).horizon == .start)
            }
        }
    }
}
