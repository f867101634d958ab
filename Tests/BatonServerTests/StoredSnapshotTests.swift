import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonLog
@testable import BatonServer

/// What was stored of a state is not handed on where the disk has changed it.
@Suite struct `A stored snapshot` {
    private func snapshot(damaged: Bool) throws -> StoredSnapshot {
        var state = StreamState()
        let replica = ReplicaID(high: 0, low: 1)
        let event = try Event(
            dot: Dot(replica, Counter(rawValue: 1)),
            context: Context(replica: replica, own: .none, seen: .start),
            timestamp: Timestamp(milliseconds: 1), channel: ChannelName("web"),
            operations: [
                FieldOperation(EntityID("cart/main"), FieldPath(["note"]), .set(.string("ring")))
            ])
        state.apply(.event(event), at: Offset(rawValue: 1), schemas: BuiltinSchemas.all)
        let hash = StateHash(of: state).bytes
        var body = Protobuf.encode(state.message)
        if damaged, let place = body.firstIndex(of: UInt8(ascii: "g")) {
            body[place] = UInt8(ascii: "k")
        }
        return StoredSnapshot(offset: Offset(rawValue: 1), body: body, stateHash: hash)
    }

    @Test func `is read as it was stored`() throws {
        let state = try snapshot(damaged: false).checkedState()
        #expect(state.offset == Offset(rawValue: 1))
        #expect(state.canonicalJSON.contains("ring"))
    }

    @Test func `that has another hash is a failure of the storage`() throws {
        let damaged = try snapshot(damaged: true)
        let problem = #expect(throws: Problem.self) { try damaged.checkedState() }
        #expect(problem?.slug == .storageFailed)
        #expect(problem?.detail.contains("offset 1") == true)
    }

    @Test func `that is damaged is not served`() async throws {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            let key = try StreamKey(tenant: TenantID("acme"), stream: StreamID("s"))
            try await server.write("s", "cart/main", #"{"path":"/note","set":"ring"}"#)
            try await engine.store(snapshot(damaged: true), for: key)
            // Another server, which remembers nothing.
            let states = StateCache(
                engine: engine, schemas: server.schemas, limits: ServerLimits())
            let problem = await #expect(throws: Problem.self) { try await states.state(of: key) }
            #expect(problem?.slug == .storageFailed)
        }
    }

    @Test func `that cannot be stored keeps nobody from reading`() async throws {
        try await withTemporaryFolder { folder in try await Self.readUnstorable(in: folder) }
    }

    private static func readUnstorable(in folder: String) async throws {
        let engine = try SQLiteLog.open(directory: folder)
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 4
        let key = try StreamKey(tenant: TenantID("acme"), stream: StreamID("s"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".db") }.map { folder + "/" + $0 }
        #expect(!files.isEmpty)
        @Sendable func run(_ statement: String) throws {
            for file in files {
                let connection = try Connection(path: file, access: .create)
                try connection.run(statement)
                connection.close()
            }
        }
        try run(
            "CREATE TRIGGER refuse BEFORE INSERT ON snapshot BEGIN SELECT RAISE(ABORT, 'no'); END")
        try await TestServer.with(engine: engine, limits: limits) { server in
            for number in 1...10 {
                try await server.write(
                    "s", "cart/main", #"{"path":"/note","set":"\#(number)"}"#)
                let read = try await server.call("GET", "/v1/streams/s/snapshot")
                #expect(read.status == 200, "\(read.text)")
            }
            #expect(try await engine.snapshot(of: key) == nil)
            try run("DROP TRIGGER refuse")
            for number in 11...20 {
                try await server.write(
                    "s", "cart/main", #"{"path":"/note","set":"\#(number)"}"#)
                #expect(try await server.call("GET", "/v1/streams/s/snapshot").status == 200)
            }
            #expect(try await engine.snapshot(of: key) != nil)
        }
    }
}
