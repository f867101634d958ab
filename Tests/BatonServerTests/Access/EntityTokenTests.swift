import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// A token for some entities is held to them by every call (specification section 11.2).
@Suite struct `A token for some entities` {
    private let time: Int64 = 1_760_000_000_000
    private let path = "/v1/streams/cust-1"

    private func withShop(
        engine: MemoryLog = MemoryLog(), limits: ServerLimits = ServerLimits(),
        _ body: @Sendable @escaping (TestServer, String) async throws -> Void
    ) async throws {
        try await TestServer.with(engine: engine, limits: limits) { server in
            try await server.write("cust-1", "profile/main", #"{"path":"/name","set":"Secret"}"#)
            try await server.write("cust-1", "cart/main", #"{"path":"/note","set":"shown"}"#)
            let phone = RawDevice(1, channel: "app", stream: "cust-1")
            // One event of both, and one that is refused for good and says why.
            try await phone.push(
                [
                    phone.event(
                        seen: 2, time: time,
                        #"{"entity":"profile/main","path":"/email","set":"secret@example.com"},"#
                            + #"{"entity":"cart/main","path":"/coupons","add":"TEN"}"#),
                    phone.event(
                        seen: 2, time: time,
                        #"{"entity":"order/secret","path":"/nothing-secret","set":1}"#),
                    phone.event(
                        seen: 2, time: time,
                        #"{"entity":"cart/main","path":"/checkouts","set":"Secret"}"#),
                ], to: server)
            try await body(
                server,
                try await server.token(
                    role: .customer, streams: ["cust-1"], entities: ["cart/main", "wish/*"]))
        }
    }

    @Test func `reads, explains and lists nothing else`() async throws {
        try await withShop { server, token in
            for call in [
                "entities/profile/main", "entities/profile/main?at=1",
                "entities/profile/main?explain=true", "conflicts?entity=profile/main",
                "entities/order/none",
            ] {
                let answer = try await server.call("GET", "\(path)/\(call)", token: token)
                #expect(answer.problem == "forbidden", "\(call)")
            }
            for call in [
                "entities/cart/main", "entities/cart/main?explain=true", "timeline",
                "conflicts?status=all", "events", "snapshot",
            ] {
                let answer = try await server.call("GET", "\(path)/\(call)", token: token)
                #expect(answer.status == 200, "\(call)")
                #expect(!answer.text.lowercased().contains("secret"), "\(call): \(answer.text)")
            }
            let timeline = try await server.call("GET", "\(path)/timeline", token: token)
            let entries = timeline.json["entries"] as? [[String: Any]] ?? []
            #expect(entries.compactMap { $0["offset"] as? Int } == [2, 3])
        }
    }

    @Test func `pulls what it covers, with the hash of that`() async throws {
        try await withShop { server, token in
            let answer = try await server.call("GET", "\(path)/events", token: token)
            let pull = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: answer.body)
            var state = StreamState()
            var offset = Offset.start
            for batch in pull.batches {
                for (index, event) in batch.events.enumerated() {
                    offset = offset.next
                    let dot = Dot(
                        try #require(ReplicaID(batch.replica)),
                        Counter(rawValue: batch.counter + UInt64(index)))
                    state.apply(
                        try Entry(event, dot: dot), at: offset, schemas: BuiltinSchemas.all)
                }
            }
            #expect(state.entities.keys.map(\.description) == ["cart/main"])
            #expect(offset.rawValue == pull.head)
            #expect(StateHash(of: state).description == pull.stateHash)

            let snapshot = try Protobuf.decodeJSON(
                Baton_V1_Snapshot.self,
                from: try await server.call("GET", "\(path)/snapshot", token: token).body)
            #expect(snapshot.stateHash == pull.stateHash)
            #expect(
                try StreamState(snapshot.state, offset: Offset(rawValue: snapshot.offset)) == state)
            // The whole is what it was.
            let whole = try await server.call("GET", "\(path)/events")
            #expect(whole.text.contains("secret@example.com"))
            #expect(whole.json["stateHash"] as? String != pull.stateHash)
        }
    }

    @Test func `begins a long history with the state of what it covers`() async throws {
        var limits = ServerLimits()
        limits.eventsPerSnapshot = 4
        try await withShop(limits: limits) { server, token in
            let answer = try await server.call("GET", "\(path)/events", token: token)
            let pull = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: answer.body)
            #expect(pull.hasSnapshot && pull.batches.isEmpty)
            #expect(!answer.text.lowercased().contains("secret"))
            let state = try StreamState(
                pull.snapshot.state, offset: Offset(rawValue: pull.snapshot.offset))
            #expect(StateHash(of: state).description == pull.snapshot.stateHash)
        }
    }

    @Test func `syncs and follows live, and sees nothing else`() async throws {
        var limits = ServerLimits()
        limits.heartbeatSeconds = 1
        try await withShop(limits: limits) { server, token in
            let synced = try await server.call(
                "POST", "/v1/sync", json: #"{"streams":[{"stream":"cust-1"}]}"#, token: token)
            #expect(synced.text.contains("shown") && synced.text.contains("withheld"))
            #expect(!synced.text.lowercased().contains("secret"))
            for call in ["\(path)/live", "/v1/live?stream=cust-1"] {
                async let live = server.call("GET", call, token: token)
                try await server.waitForSubscribers(1)
                try await server.write(
                    "cust-1", "profile/main", #"{"path":"/phone","set":"secret"}"#)
                try await server.write("cust-1", "cart/main", #"{"path":"/note","set":"news"}"#)
                // The news must be there before the token is worth nothing.
                try await Task.sleep(for: .seconds(2))
                server.clock.advance(3_700_000)
                let text = try await live.text
                #expect(text.contains("shown") && text.contains("news"))
                #expect(!text.lowercased().contains("secret"), "\(text)")
                server.clock.advance(-3_700_000)
                try await server.waitForSubscribers(0)
            }
        }
    }

    @Test func `writes nothing else: a push of it is refused for good, a thin client is told so`()
        async throws
    {
        try await withShop { server, token in
            let thin = try await server.write(
                "cust-1", "profile/main", #"{"path":"/name","set":"Eve"}"#, token: token)
            #expect(thin.problem == "forbidden")
            try await server.write(
                "cust-1", "cart/main", #"{"path":"/lines/A/quantity","add":1}"#, token: token)
            // The order that the cart would become is not covered.
            let checkout = try await server.call(
                "POST", "\(path)/checkout", json: #"{"cart":"main"}"#, token: token)
            #expect(checkout.problem == "forbidden")

            let kiosk = RawDevice(2, channel: "store", stream: "cust-1")
            let pushed = try await kiosk.push(
                [
                    kiosk.event(
                        seen: 5, time: time,
                        #"{"entity":"profile/main","path":"/name","set":"Eve"}"#),
                    kiosk.event(
                        seen: 5, time: time, #"{"entity":"cart/main","path":"/note","set":"mine"}"#),
                ], to: server, token: token)
            #expect(pushed.text.contains("not-permitted") && pushed.text.contains("ACCEPTED"))
            #expect(try await server.entity("cust-1", "profile/main").contains("Secret"))
            #expect(try await server.entity("cust-1", "cart/main").contains("mine"))
        }
    }

    @Test(arguments: [
        ("*", true), ("cart/main", true), ("order/*", true), ("order/main-*", true),
        ("cart", false), ("ca*", false), ("", false), ("/main", false), ("cart/", false),
        ("Cart/*", false), ("cart/ma in", false), ("order/**", false),
    ])
    func `names entities`(name: String, isValid: Bool) {
        #expect(EntityScope.isValid(name) == isValid)
    }
}
