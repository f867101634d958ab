import BatonArchive
import BatonCore
import BatonLog
import BatonWire
import Foundation

@testable import BatonServer

/// A stream with a past, on either engine, and what clients see of it.
struct CompactedStream {
    let engine: any LogEngine
    let key: StreamKey

    init(_ engine: any LogEngine, _ stream: String = "cust-1") throws {
        self.engine = engine
        key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID(stream))
    }

    /// Writes `count` events as thin clients do, a second apart, each from offset 1 on different.
    func fill(_ count: Int, on server: TestServer) async throws {
        for index in 1...count {
            server.clock.advance(1_000)
            let operations = [
                #"{"path":"/lines/sku-\#(index % 4)/quantity","add":\#(index)}"#,
                #"{"path":"/note","set":"note \#(index)"}"#,
            ]
            _ = try await server.write(
                key.stream.description, "cart/main", operations.joined(separator: ","))
            if index % 5 == 0 {
                _ = try await server.write(
                    key.stream.description, "cart/main",
                    #"{"path":"/lines","remove":"sku-\#(index % 4)"}"#)
            }
        }
    }

    /// Two devices that did not see each other's: a conflict, and one that a later write settled.
    func quarrel(on server: TestServer) async throws {
        let first = RawDevice(7, channel: "app", stream: key.stream.description)
        let second = RawDevice(8, channel: "web", stream: key.stream.description)
        for (device, text) in [(first, "mine"), (second, "yours")] {
            try await device.push(
                [
                    device.event(
                        seen: 0, time: server.clock.now,
                        #"{"entity":"cart/main","path":"/note","set":"\#(text)"}"#)
                ], to: server)
        }
    }

    func compactor(archive: ArchiveWriter? = nil, pace: CompactionPace = .unbounded) -> Compactor {
        Compactor(
            engine: engine, schemas: { _ in BuiltinSchemas.all }, archive: archive, pace: pace)
    }

    /// Compacts all but the last `keep` entries.
    @discardableResult
    func compact(keep: UInt64, archive: ArchiveWriter? = nil) async throws -> Compactor.Outcome {
        var compactor = compactor(archive: archive)
        let plan = try await compactor.plan(
            key, policy: CompactionPolicy(olderThan: nil, keepLast: keep), now: 0)
        return try await compactor.run(plan)
    }

    /// What a server with no memory of the stream answers at the head.
    func summary() async throws -> StateSummary {
        let cache = StateCache(engine: engine, schemas: BuiltinSchemas.all, limits: ServerLimits())
        return StateSummary(of: try await cache.state(of: key).state)
    }
}

/// Runs a test on a log in memory and one on the disk.
enum LogKind: String, CaseIterable, Sendable {
    case memory
    case sqlite

    func run(_ body: (any LogEngine, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let log: any LogEngine =
                self == .memory ? MemoryLog() : try SQLiteLog.open(directory: folder + "/data")
            do {
                try await body(log, folder)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }
}
