import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonLog
@testable import BatonServer

/// A log on disk with something of everything in it, to be damaged; gone after the test.
final class SampleLog: Sendable {
    let home = FileManager.default.temporaryDirectory.path + "/baton-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: home) }

    /// Two streams with all that a log can hold: events of several replicas, a refusal, idempotency
    /// keys, snapshots of both kinds, and one of the streams compacted.
    func fill() async throws {
        var options = SQLiteLog.Options()
        options.files = 1
        let engine = try SQLiteLog.open(directory: home, options: options)
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 8
        try await TestServer.with(engine: engine, limits: limits) { server in
            for stream in ["cust-1", "cust-2"] {
                let phone = RawDevice(1, channel: "app", stream: stream)
                for number in 1...12 {
                    try await server.write(
                        stream, "cart/main",
                        #"{"path":"/lines/s-\#(number)/title","set":"Tea of \#(stream)"},"#
                            + #"{"path":"/lines/s-\#(number)/quantity","add":\#(number)}"#)
                }
                let bad = phone.event(
                    seen: 0, time: 1_760_000_000_000,
                    #"{"entity":"cart/main","path":"/lines/x/quantity","add":"many"}"#)
                try await phone.push([bad], to: server)
                let long = String(repeating: "long ", count: 300)
                let answer = try await server.write(
                    stream, "cart/main", #"{"path":"/note","set":"\#(long)"}"#,
                    headers: [("Idempotency-Key", "k-1")])
                #expect(answer.status == 200, "\(answer.text)")
            }
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("cust-2"))
            let latest = try #require(try await engine.snapshot(of: key))
            try await engine.store(latest, as: .base, for: key)
            _ = try await engine.compact(key, through: Offset(rawValue: 5))
        }
    }

    /// The first pages of its tables and indexes, or of those of a name.
    func roots(of name: String? = nil) throws -> [Int] {
        let connection = try Connection(path: home + "/baton.db", access: .write)
        defer { connection.close() }
        var roots: [Int] = []
        try connection.rows("SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0") {
            if name == nil || $0.text(1) == name { roots.append(Int($0.integer(0))) }
        }
        return roots
    }

    /// A look at all of it.
    var survey: LogSurvey { LogSurvey(of: home, schemas: TenantSchemas(BuiltinSchemas.all)) }

    /// Whether nothing is wrong with it.
    func isSound() async throws -> Bool { try await survey.report().isSound }

    /// Runs statements on its file.
    func run(_ sql: String) throws {
        let connection = try Connection(path: home + "/baton.db", access: .write)
        defer { connection.close() }
        try connection.run(sql)
    }

    /// The bytes of its file.
    func bytes() throws -> Data {
        try run("PRAGMA wal_checkpoint(TRUNCATE)")
        return try Data(contentsOf: URL(fileURLWithPath: home + "/baton.db"))
    }

    /// All entries of both streams.
    func entries() async throws -> [[Chunk]] {
        let log = try SQLiteLog.open(directory: home)
        var all: [[Chunk]] = []
        for stream in ["cust-1", "cust-2"] {
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID(stream))
            let horizon = try await log.head(of: key).horizon
            all.append(
                try await log.read(
                    key, after: horizon, limit: ReadLimit(events: 1_000, bytes: 1 << 24)
                ).chunks)
        }
        await log.close()
        return all
    }
}
