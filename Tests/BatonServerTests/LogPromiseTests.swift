import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// The promises of the log (semantics L1 to L8) that only show through a server, on both engines. The
/// others are in the engines' contract; what `kill -9` does is in the tests of whole processes.
struct LogPromiseTests {
    /// What the log lies on.
    enum Ground: CaseIterable {
        case memory, sqlite
    }

    private static let time: Int64 = 1_760_000_000_000
    private static let note = #"{"entity":"cart/main","path":"/note","set":"x"}"#

    private func with(
        _ ground: Ground, _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        switch ground {
        case .memory: try await TestServer.with(body)
        case .sqlite:
            try await withTemporaryFolder { folder in
                try await TestServer.with(
                    engine: try SQLiteLog.open(directory: folder + "/data"), body)
            }
        }
    }

    @Test(arguments: Ground.allCases)
    func `L3 a dot with other content is answered replica-cloned, and nothing is stored`(
        ground: Ground
    ) async throws {
        try await with(ground) { server in
            let one = RawDevice(1, channel: "app", stream: "s")
            let other = RawDevice(1, channel: "app", stream: "s")
            try await one.push([one.event(seen: 0, time: Self.time, Self.note)], to: server)
            let answer = try await other.push(
                [other.event(seen: 0, time: Self.time + 1, Self.note)], to: server)
            #expect(answer.status == 409 && answer.problem == "replica-cloned")
            let retry = RawDevice(1, channel: "app", stream: "s")
            let again = try await retry.push(
                [retry.event(seen: 0, time: Self.time, Self.note)], to: server)
            #expect(again.status == 200 && again.json["head"] as? String == "1")
        }
    }

    @Test(arguments: Ground.allCases)
    func `L7 a final refusal is on record, a not-yet one and a malformed request leave nothing`(
        ground: Ground
    ) async throws {
        try await with(ground) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let bad = #"{"entity":"cart/main","path":"/lines/a/quantity","add":"many"}"#
            let refused = try await phone.push(
                [phone.event(seen: 0, time: Self.time, bad)], to: server)
            #expect(refused.status == 422 && refused.problem == "schema-violation")
            let early = try await server.call(
                "POST", "/v1/streams/s/events",
                json: phone.batch(
                    from: 5, [phone.event(seen: 0, time: Self.time, Self.note)]))
            #expect(early.status == 409 && early.json["expected"] as? Int == 2)
            let malformed = try await server.call(
                "POST", "/v1/streams/s/events",
                json: phone.batch(from: 2, [phone.event(seen: 0, time: Self.time, "")]))
            #expect(malformed.status == 400)
            let timeline = try await server.call("GET", "/v1/streams/s/timeline").json
            let entries = try #require(timeline["entries"] as? [[String: Any]])
            #expect(entries.count == 1)
            #expect(
                (entries.first?["void"] as? [String: Any])?["code"] as? String
                    == "schema-violation")
            #expect(
                try await phone.push(
                    [phone.event(seen: 0, time: Self.time, Self.note)], to: server
                ).status == 200)
        }
    }

    @Test(arguments: Ground.allCases)
    func `L8 a timestamp ahead of the server's clock is refused with the server's time`(
        ground: Ground
    ) async throws {
        try await with(ground) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let now = server.clock.now
            let late = phone.event(seen: 0, time: now + 60_001, Self.note)
            let refused = try await server.call(
                "POST", "/v1/streams/s/events", json: phone.batch(from: 1, [late]))
            #expect(refused.status == 409 && refused.problem == "clock-drift")
            #expect(refused.json["serverTime"] as? Int64 == now)
            #expect(
                try await server.call("GET", "/v1/streams/s/events").problem == "stream-not-found")
            // Just within, it is taken; and what was taken stays known when the clock is set back.
            let taken = [phone.event(seen: 0, time: now + 60_000, Self.note)]
            #expect(try await phone.push(taken, to: server).status == 200)
            server.clock.advance(-120_000)
            let again = try await server.call(
                "POST", "/v1/streams/s/events", json: phone.batch(from: 1, taken))
            #expect(again.status == 200)
        }
    }
}
