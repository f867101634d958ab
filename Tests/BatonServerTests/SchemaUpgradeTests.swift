import BatonCore
import BatonLog
import BatonWire
import Foundation
import Synchronization
import Testing

@testable import BatonServer

/// A server that starts with other schemas than those its stored states were folded under.
@Suite struct `Other schemas at the next start` {
    private var later: SchemaSet {
        let wishes = Schema(
            type: "wish-list", version: 1,
            fields: [Field("items", .set(.text(longest: 64))), Field("count", .count(CountRule()))])
        return SchemaSet(BuiltinSchemas.all.sorted + [wishes])
    }

    /// Three events on a wish list, by a device that knows it.
    private func push(_ device: RawDevice, to server: TestServer) async throws {
        let wish = { (path: String, action: String) in
            "{\"entity\":\"wish-list/w\",\"path\":\"\(path)\",\(action)}"
        }
        let answer = try await device.push(
            [
                device.event(seen: 0, time: server.clock.now, wish("/items", #""add":"lamp""#)),
                device.event(seen: 0, time: server.clock.now, wish("/count", #""add":2"#)),
                device.event(seen: 0, time: server.clock.now, wish("/items", #""remove":"lamp""#)),
            ], to: server)
        #expect(answer.status == 200)
    }

    private func hash(_ server: TestServer) async throws -> String? {
        try await server.call("GET", "/v1/streams/c/snapshot").json["stateHash"] as? String
    }

    @Test func `fold what was kept, into the state that they make from the start`() async throws {
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 1
        let (eager, later) = (limits, later)
        let key = try StreamKey(tenant: TenantID("acme"), stream: StreamID("c"))
        try await withTemporaryFolder { folder in
            try await TestServer.with(engine: SQLiteLog.open(directory: folder), limits: eager) {
                server in
                try await push(RawDevice(1, channel: "app", stream: "c"), to: server)
                #expect(try await server.entity("c", "wish-list/w").contains("entity-not-found"))
                // The stored state holds all three operations as unknown ones.
                let stored = try await server.engine.snapshot(of: key)
                #expect(stored?.offset == Offset(rawValue: 3))
            }
            try await TestServer.with(engine: SQLiteLog.open(directory: folder), schemas: later) {
                server in
                #expect(try await server.entity("c", "wish-list/w") == #"{"count":2}"#)
                let slice = try await server.engine.read(
                    key, after: .start, limit: ReadLimit(events: 9, bytes: 9_999))
                var whole = StreamState()
                for chunk in slice.chunks {
                    for (index, entry) in try ChunkEntries.read(chunk).enumerated() {
                        whole.apply(
                            entry, at: Offset(rawValue: chunk.offset.rawValue + UInt64(index)),
                            schemas: later)
                    }
                }
                let now = try await hash(server)
                #expect(now == StateHash(of: whole).description)
            }
        }
    }

    @Test func `that lack what those before had fold the log anew, while it is there`()
        async throws
    {
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 1
        let (eager, later) = (limits, later)
        let plain = Mutex("")
        try await TestServer.with { server in
            try await push(RawDevice(1, channel: "app", stream: "c"), to: server)
            let hash = try await hash(server) ?? ""
            plain.withLock { $0 = hash }
        }
        let asBefore = plain.withLock { $0 }
        #expect(asBefore.count == 64)
        try await withTemporaryFolder { folder in
            try await TestServer.with(
                engine: SQLiteLog.open(directory: folder), limits: eager, schemas: later
            ) { server in
                try await push(RawDevice(1, channel: "app", stream: "c"), to: server)
                let now = try await hash(server)
                #expect(now != asBefore)
            }
            try await TestServer.with(engine: SQLiteLog.open(directory: folder)) { server in
                let now = try await hash(server)
                #expect(now == asBefore)
            }
        }
    }

    @Test func `are named in each answer with a state hash, by the digest of what is served`()
        async throws
    {
        let later = later
        try await TestServer.with(schemas: later) { server in
            try await server.write("c", "cart/main", #"{"path":"/note","set":"x"}"#)
            let documents = try await server.call("GET", "/v1/schemas")
            let digest = SchemaDigest(of: later).description
            for path in ["events", "snapshot"] {
                let answer = try await server.call("GET", "/v1/streams/c/\(path)")
                #expect(answer.json["schemas"] as? String == digest)
            }
            let partial = try await server.call("GET", "/v1/streams/none/events")
            #expect(partial.problem == "stream-not-found")
            #expect(try SchemaSet(document: documents.body) == later)
        }
    }
}
