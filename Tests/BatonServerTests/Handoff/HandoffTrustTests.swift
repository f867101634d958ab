import BatonCore
import BatonLog
import Foundation
import Testing

@testable import BatonServer

/// What was handed on is worth no more than the token of who handed it on.
@Suite struct `What is handed on hangs on its giver` {
    private func handOff(
        _ server: TestServer, token: String, stream: String = "s", more: String = ""
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/handoffs",
            json: #"{"stream":"\#(stream)","entities":["cart/main"]\#(more)}"#,
            token: token)
    }

    private func claim(_ server: TestServer, _ offer: Answer) async throws -> Answer {
        let code = try #require(offer.json["code"] as? String)
        return try await server.call(
            "POST", "/v1/handoffs/claim", json: #"{"code":"\#(code)"}"#, token: .some(nil))
    }

    private func status(_ server: TestServer, _ token: String) async throws -> Int {
        try await server.call("GET", "/v1/streams/s/snapshot", token: token).status
    }

    @Test(arguments: ["sub", "jti", "replica"])
    func `When the giver is revoked, so is the code and so are the tokens`(
        claim name: String
    ) async throws {
        let clock = TestClock()
        let forge = try TokenForge(now: clock.now)
        let keys = try await TokenKeys(jwks: Array(forge.set.utf8))
        try await TestServer.with(clock: clock, keys: keys) { server in
            try await server.write(
                "s", "cart/main", #"{"path":"/note","set":"1"}"#,
                token: forge.token(claims: ["aud": nil]))
            let replica = ReplicaID(high: 7, low: 7)
            let value = name == "replica" ? replica.description : "thief"
            let giver = forge.token(
                claims: [name: "\"\(value)\"", "aud": nil].merging(
                    name == "sub" ? [:] : ["sub": nil]
                ) { $1 })
            let taken = try await handOff(server, token: giver)
            let open = try await handOff(server, token: giver)
            let claimed = try await claim(server, taken)
            let token = try #require(claimed.json["token"] as? String)
            #expect(try await status(server, token) == 200)
            var list = Revocations()
            let target: Revocations.Target =
                switch name {
                case "sub": .subject(value)
                case "jti": .token(value)
                default: .replica(replica)
                }
            let isNew = list.revoke(
                .init(tenant: try TenantID("acme"), target: target, since: clock.now / 1000))
            #expect(isNew)
            server.service.put(list)
            #expect(try await status(server, giver) == 401)
            #expect(try await status(server, token) == 401)
            let late = try await claim(server, open)
            #expect(late.status == 404 && late.problem == "handoff-not-found")
        }
    }

    @Test func `When the giver's key goes, so does what was handed on under another`() async throws
    {
        let clock = TestClock()
        let forge = try TokenForge(now: clock.now)
        try await TestServer.with(
            clock: clock, keys: try await TokenKeys(jwks: Array(forge.set.utf8))
        ) { server in
            // The second key of the set signed the giver's token, the first signs what is handed on.
            let giver = forge.token(
                #"{"alg":"EdDSA","kid":"d"}"#, forge.claims(["aud": nil]), .edDSA)
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#, token: giver)
            let taken = try await handOff(server, token: giver)
            let open = try await handOff(server, token: giver)
            let claimed = try await claim(server, taken)
            let token = try #require(claimed.json["token"] as? String)
            #expect(try await status(server, token) == 200)
            let set = try #require(
                JSONSerialization.jsonObject(with: Data(forge.set.utf8)) as? [String: Any])
            let kept = (set["keys"] as? [[String: Any]] ?? []).filter {
                $0["kid"] as? String != "d"
            }
            let json = try JSONSerialization.data(withJSONObject: ["keys": kept])
            server.service.put(try await TokenKeys(jwks: Array(json)))
            #expect(try await status(server, token) == 401)
            #expect(try await claim(server, open).status == 404)
        }
    }

    @Test func `Who takes a hand-off with a token of his own has it no longer than that`()
        async throws
    {
        let clock = TestClock()
        let forge = try TokenForge(now: clock.now)
        try await TestServer.with(
            clock: clock, keys: try await TokenKeys(jwks: Array(forge.set.utf8))
        ) { server in
            let giver = forge.token(claims: ["aud": nil, "sub": "\"giver\""])
            let taker = forge.token(
                claims: [
                    "aud": nil, "sub": "\"taker\"", "role": "\"associate\"",
                    "exp": "\(clock.now / 1000 + 600)",
                ])
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#, token: giver)
            let offer = try await handOff(server, token: giver, more: #","tokenSeconds":28800"#)
            let code = try #require(offer.json["code"] as? String)
            let claimed = try await server.call(
                "POST", "/v1/handoffs/claim", json: #"{"code":"\#(code)"}"#, token: taker)
            let token = try #require(claimed.json["token"] as? String)
            #expect(claimed.json["role"] as? String == "associate")
            #expect(
                claimed.json["expiresAt"] as? String
                    == InstantFormat.text(milliseconds: clock.now / 1000 * 1000 + 600_000))
            #expect(try await status(server, token) == 200)
            var list = Revocations()
            let isNew = list.revoke(
                .init(
                    tenant: try TenantID("acme"), target: .subject("taker"),
                    since: clock.now / 1000))
            #expect(isNew)
            server.service.put(list)
            #expect(try await status(server, token) == 401)
            #expect(try await status(server, giver) == 200)
        }
    }

    @Test func `Neither code nor token outlives the giver's token`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            let giver = try await server.token(role: .customer, streams: ["s"], expiresIn: 120)
            let taken = try await handOff(
                server, token: giver, more: #","codeSeconds":900,"tokenSeconds":28800"#)
            let end = InstantFormat.text(milliseconds: server.clock.now / 1000 * 1000 + 120_000)
            #expect(taken.json["expiresAt"] as? String == end)
            let claimed = try await claim(server, taken)
            #expect(claimed.json["expiresAt"] as? String == end)
        }
    }

    @Test func `What a service hands on is charged to who has it, and each by itself`() async throws
    {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            var holders: Set<String?> = []
            for role in [Role.service, .customer] {
                let giver = try await server.token(role: role)
                for _ in 0..<2 {
                    let claimed = try await claim(server, try await handOff(server, token: giver))
                    let token = try #require(claimed.json["token"] as? String)
                    let claims = try TokenClaims(json: TokenText(token).payload)
                    holders.insert(PrincipalBudget.holder(try claims.principal(signedBy: "k")))
                }
            }
            // Two of the service, and one of the customer, whose token names nobody.
            #expect(holders.count == 3 && !holders.contains(nil))
        }
    }

    @Test func `Who hands on to himself has no more requests for it`() async throws {
        var limits = ServerLimits()
        limits.requestsPerSecond = 5
        try await TestServer.with(limits: limits) { [limits] server in
            let giver = try await server.token(
                role: .customer, streams: ["s"], replica: ReplicaID(high: 1, low: 1))
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            var tokens = [giver]
            for _ in 0..<3 {
                let claimed = try await claim(server, try await handOff(server, token: giver))
                tokens.append(try #require(claimed.json["token"] as? String))
            }
            var answered = 3
            for round in 0..<40 {
                if try await status(server, tokens[round % tokens.count]) == 200 { answered += 1 }
            }
            // Twice a second's worth at once, and the clock stands still.
            #expect(answered == limits.requestsPerSecond * 2)
        }
    }
}

/// Who may fill the book of hand-offs, and with how much.
@Suite struct `The book of hand-offs` {
    private static func add(
        _ book: HandoffBook, tenant: String, stream: String, now: Int64, number: UInt64
    ) throws(Problem) -> Handoff {
        var bits = number &* 0x9E37_79B9_7F4A_7C15
        return try book.add(
            now: now,
            draw: {
                bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return bits ^ (bits >> 31)
            }
        ) { id, code in
            Handoff(
                id: id, code: code,
                key: StreamKey(tenant: Self.tenant(tenant), stream: Self.stream(stream)),
                entities: ["cart/main"],
                giver: Principal(tenant: Self.tenant(tenant), role: .customer, streams: .all),
                expires: now + 300_000, tokenSeconds: 60)
        }
    }

    private static func tenant(_ name: String) -> TenantID {
        guard let id = try? TenantID(name) else { preconditionFailure("\(name) is a tenant") }
        return id
    }

    private static func stream(_ name: String) -> StreamID {
        guard let id = try? StreamID(name) else { preconditionFailure("\(name) is a stream") }
        return id
    }

    private static let token = SharedToken(text: "t", role: .customer, channel: nil, expires: 0)

    @Test func `One stream that claims its own codes leaves room for all others`() throws {
        var limits = ServerLimits()
        limits.handoffs = 100
        let book = HandoffBook(limits)
        for number in 0..<500 {
            let handoff = try Self.add(
                book, tenant: "acme", stream: "s", now: 0, number: UInt64(number))
            let claim = book.claim(
                handoff.id, Handoff.Claim(idempotencyKey: nil, token: Self.token, at: 0), now: 0)
            #expect(claim != nil)
        }
        #expect(book.count(at: 0).held == limits.handoffsPerStream * 5)
        _ = try Self.add(book, tenant: "rival", stream: "s", now: 0, number: 1_000)
    }

    @Test func `One tenant leaves room for all others, and learns how long to wait`() throws {
        var limits = ServerLimits()
        limits.handoffs = 100
        let book = HandoffBook(limits)
        for number in 0..<50 {
            _ = try Self.add(
                book, tenant: "acme", stream: "s\(number)", now: 0, number: UInt64(number))
        }
        let refused = #expect(throws: Problem.self) {
            try Self.add(book, tenant: "acme", stream: "more", now: 100_000, number: 51)
        }
        #expect(refused?.slug == .overloaded && refused?.wait == 200)
        for number in 0..<50 {
            _ = try Self.add(
                book, tenant: "rival", stream: "s\(number)", now: 0, number: 100 + UInt64(number))
        }
        // All are open: there is nothing to forget.
        let third = #expect(throws: Problem.self) {
            try Self.add(book, tenant: "third", stream: "s", now: 0, number: 999)
        }
        #expect(third?.slug == .overloaded)
        // Of those that have ended the oldest go.
        _ = try Self.add(book, tenant: "third", stream: "s", now: 300_000, number: 1_000)
        #expect(book.count(at: 300_000) == (100, 1))
        // And all are forgotten in the end.
        _ = try Self.add(book, tenant: "third", stream: "t", now: 5_000_000, number: 1_001)
        #expect(book.count(at: 5_000_000) == (1, 1))
    }
}
