import BatonCore
import BatonGzip
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// One more than each limit that no other suite goes beyond.
@Suite struct `One past a limit` {
    private static func limits(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
        var limits = ServerLimits()
        change(&limits)
        return limits
    }

    private static func fill(_ server: TestServer, _ count: Int) async throws {
        for number in 0..<count {
            let answer = try await server.write(
                "s", "cart/main", #"{"path":"/note","set":"\#(number)"}"#)
            #expect(answer.status == 200)
        }
    }

    @Test func `of the streams of a sync, and of a live answer`() async throws {
        let limits = Self.limits {
            $0.streamsPerSync = 2
            $0.streamsPerLive = 2
        }
        try await TestServer.with(limits: limits) { server in
            func sync(_ count: Int) async throws -> Answer {
                let parts = (0..<count).map { #"{"stream":"s\#($0)"}"# }.joined(separator: ",")
                return try await server.call("POST", "/v1/sync", json: #"{"streams":[\#(parts)]}"#)
            }
            #expect(try await sync(2).status == 200)
            let more = try await sync(3)
            #expect(more.status == 429 && more.problem == "limit-exceeded")
            #expect(more.text.contains("at most 2"))
            // It would be as much the next time.
            #expect(more.headers["retry-after"] == nil)
            let live = try await server.call("GET", "/v1/live?stream=a&stream=b&stream=c")
            #expect(live.status == 400 && live.text.contains("1 to 2 streams"))
        }
    }

    @Test func `of the events of a pull, and of its bytes`() async throws {
        try await TestServer.with(limits: Self.limits { $0.eventsPerPull = 3 }) { server in
            try await Self.fill(server, 4)
            let pulled = try await server.call("GET", "/v1/streams/s/events?limit=3")
            #expect(pulled.json["more"] as? Bool == true)
            let cursor = try #require(pulled.json["cursor"] as? String)
            #expect(cursor.hasSuffix("-3"))
            let whole = try await server.call("GET", "/v1/streams/s/events")
            #expect((whole.json["cursor"] as? String) == cursor)
            #expect(try await server.call("GET", "/v1/streams/s/events?limit=4").status == 400)
        }
        let small = Self.limits {
            $0.bytesPerPull = 1_024
            $0.bytesPerSync = 1_024
        }
        try await TestServer.with(limits: small) { server in
            for _ in 0..<3 {
                let note = String(repeating: "x", count: 900)
                try await server.write("s", "cart/main", #"{"path":"/note","set":"\#(note)"}"#)
            }
            let pulled = try await server.call("GET", "/v1/streams/s/events")
            #expect(pulled.json["more"] as? Bool == true)
            let synced = try await server.call(
                "POST", "/v1/sync", json: #"{"streams":[{"stream":"s"}]}"#)
            #expect(synced.text.contains(#""more":true"#))
        }
    }

    @Test func `of the entries of a page`() async throws {
        try await TestServer.with(limits: Self.limits { $0.entriesPerPage = 3 }) { server in
            try await Self.fill(server, 4)
            let page = try await server.call("GET", "/v1/streams/s/timeline")
            #expect((page.json["entries"] as? [Any])?.count == 3 && page.json["next"] != nil)
            let more = try await server.call("GET", "/v1/streams/s/timeline?limit=4")
            #expect(more.status == 400 && more.text.contains("from 1 to 3"))
        }
    }

    @Test func `of the bytes of an idempotency key`() async throws {
        try await TestServer.with(limits: Self.limits { $0.idempotencyKeyBytes = 16 }) { server in
            func write(_ length: Int) async throws -> Int {
                try await server.write(
                    "s", "cart/main", #"{"path":"/note","set":"x"}"#,
                    headers: [("Idempotency-Key", String(repeating: "k", count: length))]
                ).status
            }
            let (fits, exceeds) = (try await write(16), try await write(17))
            #expect(fits == 200 && exceeds == 400)
        }
    }

    @Test func `of a hand-off's entities and times`() async throws {
        let limits = Self.limits {
            $0.entitiesPerHandoff = 2
            $0.longestCodeSeconds = 300
            $0.longestSharedTokenSeconds = 2_000
        }
        try await TestServer.with(limits: limits) { server in
            func handOff(_ entities: Int, _ more: String = "") async throws -> Int {
                let names = (0..<entities).map { "\"cart/\($0)\"" }.joined(separator: ",")
                return try await server.call(
                    "POST", "/v1/handoffs",
                    json: #"{"stream":"s\#(entities)","entities":[\#(names)]\#(more)}"#
                ).status
            }
            let fits = [
                try await handOff(2),
                try await handOff(1, #","codeSeconds":300,"tokenSeconds":2000"#),
            ]
            #expect(fits == [200, 200])
            let exceeds = [
                try await handOff(3), try await handOff(1, #","codeSeconds":301"#),
                try await handOff(1, #","tokenSeconds":2001"#),
            ]
            #expect(exceeds == [400, 400, 400])
        }
    }

    @Test func `of a body's bytes once decompressed, though it is no bomb`() async throws {
        let limits = Self.limits { $0.decompressedBytes = 2_000_000 }
        var generator = SystemRandomNumberGenerator()
        // Four letters: deflate makes a quarter of them, far from 32 times less.
        let letters = Array("abcd".utf8)
        func body(_ count: Int) -> [UInt8] {
            let head = Array(#"{"streams":[],"unknown":""#.utf8)
            return head
                + (0..<(count - head.count - 2)).map { _ in
                    letters[Int.random(in: 0..<4, using: &generator)]
                } + Array(#""}"#.utf8)
        }
        let (fits, exceeds) = (
            try Gzip.compress(body(2_000_000)), try Gzip.compress(body(2_000_001))
        )
        #expect(exceeds.count > 2_000_001 / 32 && exceeds.count < limits.bodyBytes)
        try await TestServer.with(limits: limits) { server in
            func sync(_ bytes: [UInt8]) async throws -> Answer {
                try await server.call(
                    "POST", "/v1/sync", bytes: bytes,
                    headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
            }
            #expect(try await sync(fits).status != 413)
            let refused = try await sync(exceeds)
            #expect(refused.status == 413 && refused.text.contains("2000000"))
        }
    }

    @Test func `of the streams of a sync, of which no more are read than may be`() async throws {
        try await TestServer.with(limits: Self.limits { $0.streamsPerSync = 2 }) { server in
            let empty = [UInt8](repeating: 0, count: 10_000).enumerated().map {
                $0.offset % 2 == 0 ? UInt8(0x0A) : 0
            }
            let answer = try await server.call(
                "POST", "/v1/sync", bytes: empty,
                headers: [("Content-Type", "application/x-protobuf")])
            #expect(answer.status == 429 && answer.text.contains("5000 streams"))
            let read = try IncomingSync(protobuf: empty, most: 2)
            #expect(read.parts.count == 2 && read.count == 5_000)
        }
    }

    @Test func `of the objects that a body opens`() async throws {
        try await TestServer.with { server in
            func sync(_ objects: Int) async throws -> Answer {
                let parts = [String](repeating: "{}", count: objects).joined(separator: ",")
                return try await server.call(
                    "POST", "/v1/sync", json: #"{"streams":[\#(parts)],"after":"{[{["}"#,
                    headers: [("Content-Type", "Application/JSON; charset=utf-8")])
            }
            // 32,768 and one for each 16 bytes: with three bytes each, some 40,300.
            #expect(try await sync(40_000).status != 413)
            let more = try await sync(41_000)
            #expect(more.status == 413 && more.text.contains("objects and lists"))
        }
    }

    @Test func `of claims without a token, of all addresses`() async throws {
        let limits = Self.limits { $0.claimsAtOnce = 1 }
        try await TestServer.with(limits: limits) { server in
            let slow = try RawSocket(port: server.port)
            slow.send(
                "POST /v1/handoffs/claim HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\n\r\n")
            #expect(try await eventually { try await server.metric("baton_claims_at_once") == 1 })
            func claim(_ token: String?) async throws -> Int {
                try await server.call(
                    "POST", "/v1/handoffs/claim", json: #"{"code":"0000-0000"}"#,
                    token: .some(token)
                ).status
            }
            #expect(try await claim(nil) == 503)
            #expect(try await claim(server.token(role: .kiosk)) == 404)
        }
    }

    @Test func `of settled conflicts, those told of and those looked at`() async throws {
        for change in [
            { (limits: inout ServerLimits) in limits.settledSides = 4 },
            { (limits: inout ServerLimits) in limits.settledLooks = 4 },
        ] {
            try await TestServer.with(limits: Self.limits(change)) { server in
                func conflicts() async throws -> Answer {
                    try await server.call("GET", "/v1/streams/s/conflicts?status=settled")
                }
                /// Two devices that have not seen each other, and one that settles it.
                func settle(_ note: Int) async throws {
                    for number in 1...2 {
                        try await server.write(
                            "s", "cart/main", #"{"path":"/note","set":"\#(note) \#(number)"}"#,
                            seen: (note - 1) * 3)
                    }
                    try await server.write("s", "cart/main", #"{"path":"/note","set":"\#(note)"}"#)
                }
                try await settle(1)
                try await settle(2)
                let fits = try await conflicts()
                #expect(fits.status == 200 && (fits.json["conflicts"] as? [Any])?.count == 2)
                try await settle(3)
                try await settle(4)
                let exceeds = try await conflicts()
                #expect(exceeds.status == 429 && exceeds.text.contains("status=open"))
                let open = try await server.call("GET", "/v1/streams/s/conflicts")
                #expect(open.status == 200)
            }
        }
    }

    @Test func `of the body of a claim, and of what a giver asks for`() async throws {
        try await TestServer.with(limits: Self.limits { $0.claimBytes = 256 }) { server in
            func call(_ path: String, _ length: Int) async throws -> Int {
                try await server.call(
                    "POST", path, json: String(repeating: " ", count: length - 2) + "{}"
                ).status
            }
            let claims = [
                try await call("/v1/handoffs/claim", 256),
                try await call("/v1/handoffs/claim", 257),
            ]
            #expect(claims == [404, 413])
            let wishes = [
                try await call("/v1/handoffs", 16_384), try await call("/v1/handoffs", 16_385),
            ]
            #expect(wishes == [400, 413])
        }
    }

    @Test func `of the guessers that are counted, and of tokens that are remembered`() async throws
    {
        let limits = Self.limits {
            $0.guessers = 2
            $0.cachedTokens = 2
        }
        let guesses = GuessBudget(limits)
        for caller in 0..<5 { _ = guesses.take("caller \(caller)", now: 1) }
        #expect(guesses.count == 2)
        try await TestServer.with(limits: limits) { server in
            for stream in ["a", "b", "c"] {
                let token = try await server.token(streams: [stream])
                #expect(try await server.call("GET", "/v1/schemas", token: token).status == 200)
            }
            #expect(try await server.metric("baton_cached_tokens") == 2)
        }
    }

    @Test func `of keys, and of revocations`() async throws {
        let secret = String(repeating: "A", count: 43)
        func set(_ count: Int) -> [UInt8] {
            let keys = (0..<count).map {
                #"{"kty":"oct","alg":"HS256","kid":"\#($0)","k":"\#(secret)"}"#
            }
            return Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
        }
        #expect(try await TokenKeys(jwks: set(100)).all.count == 100)
        await #expect(throws: TokenKeys.Failure.self) { try await TokenKeys(jwks: set(101)) }
        var list = Revocations()
        let tenant = try TenantID("acme")
        func revoke(_ number: Int) -> Bool {
            list.revoke(.init(tenant: tenant, target: .token("\(number)"), since: 0))
        }
        #expect((0..<100_000).allSatisfy(revoke))
        #expect(!revoke(100_000) && revoke(99_999))
    }

    @Test func `No hand-off lives for less than ten seconds`() throws {
        for name in [
            "codeSeconds", "longestCodeSeconds", "sharedTokenSeconds", "longestSharedTokenSeconds",
        ] {
            #expect(NamedLimit.named(name)?.range.lowerBound == 10)
        }
    }

    @Test func `of the callers that are accounted for`() throws {
        let budget = PrincipalBudget(Self.limits { $0.principals = 2 }, now: { 0 })
        for name in ["a", "b", "c"] {
            try budget.take(
                Principal(
                    tenant: TenantID("acme"), role: .customer, streams: .named([name])))
            #expect(budget.count <= 2)
        }
        #expect(budget.count == 2)
    }

    @Test func `of the states that are kept`() async throws {
        try await TestServer.with(limits: Self.limits { $0.cachedStates = 2 }) { server in
            for stream in ["a", "b", "c"] {
                try await server.write(stream, "cart/main", #"{"path":"/note","set":"x"}"#)
                _ = try await server.entity(stream, "cart/main")
            }
            #expect(try await server.metric("baton_cached_states") == 2)
            #expect(try await server.entity("a", "cart/main") == #"{"note":"x"}"#)
        }
    }

    @Test func `of the seconds between two requests`() async throws {
        let limits = Self.limits {
            $0.heartbeatSeconds = 1
            $0.idleSeconds = 1
        }
        try await TestServer.with(limits: limits) { server in
            let quiet = try RawSocket(port: server.port)
            #expect(try await quiet.ends(within: 200))
            let asked = try RawSocket(port: server.port)
            asked.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await asked.answer().hasPrefix("HTTP/1.1 200"))
            #expect(try await asked.ends(within: 200))
            #expect(try await server.metric("baton_slow_heads_total") == 0)
        }
    }
}
