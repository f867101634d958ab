import BatonCore
import BatonLog
import Foundation
import Testing

@testable import BatonServer

/// A stream that goes on at another device, through real HTTP (specification section 10.8).
@Suite struct `Hand-off over HTTP` {
    private func handOff(
        _ stream: String = "cust-1", _ entities: String = #"["cart/main","order/main-*"]"#,
        more: String = "", on server: TestServer, token: String?? = .none
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/handoffs",
            json: "{\"stream\":\"\(stream)\",\"entities\":\(entities)\(more)}", token: token)
    }

    private func claim(
        _ code: String, more: String = "", on server: TestServer, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/handoffs/claim", json: "{\"code\":\"\(code)\"\(more)}", headers: headers,
            token: .some(token))
    }

    private func fillCart(_ server: TestServer) async throws {
        try await server.write(
            "cust-1", "cart/main",
            #"{"path":"/lines/A/title","set":"Tea"},{"path":"/lines/A/quantity","add":2}"#)
        try await server.write("cust-1", "profile/main", #"{"path":"/name","set":"Ada"}"#)
    }

    @Test func `A kiosk goes on where the phone stopped, and the phone is told`() async throws {
        try await TestServer.with { server in
            try await fillCart(server)
            let phone = try await server.token(role: .customer, streams: ["cust-1"])
            let offer = try await handOff(on: server, token: phone)
            #expect(offer.status == 200 && offer.json["stream"] as? String == "cust-1")
            let code = try #require(offer.json["code"] as? String)
            #expect(offer.json["uri"] as? String == "BATON:HANDOFF/\(code)")
            let id = try #require(offer.json["id"] as? String)
            let open = try await server.call("GET", "/v1/handoffs/\(id)", token: phone)
            #expect(open.json["status"] as? String == "open")

            let claimed = try await claim(
                code.lowercased(), more: #","channel":"store""#, on: server)
            #expect(claimed.status == 200 && claimed.json["role"] as? String == "customer")
            let values = claimed.json["values"] as? [String: Any]
            #expect(values?.keys.sorted() == ["cart/main"])
            #expect(claimed.json["offset"] as? Int == 2)
            let kiosk = try #require(claimed.json["token"] as? String)
            let told = try await server.call("GET", "/v1/handoffs/\(id)", token: phone)
            #expect(told.json["status"] as? String == "claimed")
            #expect(told.json["channel"] as? String == "store")

            // What was shared can be read, written and bought; the writes bear the kiosk's channel.
            let path = "/v1/streams/cust-1"
            let cart = try await server.call("GET", "\(path)/entities/cart/main", token: kiosk)
            #expect(cart.text == #"{"lines":{"A":{"quantity":2,"title":"Tea"}}}"#)
            let more = try await server.call(
                "POST", "\(path)/entities/cart/main",
                json: #"{"operations":[{"path":"/lines/A/quantity","add":1}]}"#, token: kiosk)
            #expect(more.status == 200)
            let order = try await server.call(
                "POST", "\(path)/checkout", json: #"{"cart":"main"}"#, token: kiosk)
            #expect(order.json["order"] as? String == "order/main-1")
            let journey = try await server.call("GET", "\(path)/timeline", token: phone)
            #expect(journey.text.contains(#""channel":"store""#))
            // What was not, cannot; and from the cursor on the kiosk follows.
            let profile = try await server.call(
                "GET", "\(path)/entities/profile/main", token: kiosk)
            #expect(profile.status == 403 && !profile.text.contains("Ada"))
            let cursor = try #require(claimed.json["cursor"] as? String)
            let news = try await server.call(
                "GET", "\(path)/events?after=\(cursor)", token: kiosk)
            #expect(news.json["head"] as? String == "4")
        }
    }

    @Test func `A code is claimed once; unknown, expired and claimed ones are answered alike`()
        async throws
    {
        try await TestServer.with { server in
            try await fillCart(server)
            let first = try await handOff(on: server)
            let code = try #require(first.json["code"] as? String)
            #expect(try await claim(code, on: server).status == 200)
            let twice = try await claim(code, on: server)

            let second = try await handOff(more: #","codeSeconds":60"#, on: server)
            server.clock.advance(60_000)
            let late = try await claim(try #require(second.json["code"] as? String), on: server)
            let never = try await claim("0000-0000", on: server)
            let garbled = try await claim("hello", on: server)
            let other = try await handOff(on: server)
            let foreign = try await claim(
                try #require(other.json["code"] as? String), on: server,
                token: server.token(tenant: "other"))
            for answer in [twice, late, never, garbled, foreign] {
                #expect(answer.status == 404 && answer.problem == "handoff-not-found")
                #expect(answer.body == never.body)
            }
            let id = try #require(second.json["id"] as? String)
            let status = try await server.call("GET", "/v1/handoffs/\(id)")
            #expect(status.json["status"] as? String == "expired")
            // Forgotten once nobody can be waiting for it.
            server.clock.advance(3_600_000)
            _ = try await handOff(on: server)
            #expect(try await server.call("GET", "/v1/handoffs/\(id)").status == 404)
        }
    }

    @Test func `Two claim at once: one gets the token`() async throws {
        try await TestServer.with { server in
            try await fillCart(server)
            let offer = try await handOff(on: server)
            let code = try #require(offer.json["code"] as? String)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await claim(code, on: server).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 404 }.count == 7)
        }
    }

    @Test func `A claim whose answer was lost is made again under its key, and by nobody else`()
        async throws
    {
        try await TestServer.with { server in
            try await fillCart(server)
            let offer = try await handOff(on: server)
            let code = try #require(offer.json["code"] as? String)
            let own = [("Idempotency-Key", "9b2f6f0c-own")]
            let first = try await claim(code, on: server, headers: own)
            let again = try await claim(code, on: server, headers: own)
            #expect(first.status == 200 && first.body == again.body)
            let other = try await claim(
                code, on: server, headers: [("Idempotency-Key", "another")])
            #expect(other.status == 404)
        }
    }

    @Test func `A thousand guesses: ten are answered, the others wait, also with the right code`()
        async throws
    {
        try await TestServer.with { server in
            try await fillCart(server)
            let offer = try await handOff(on: server)
            let code = try #require(offer.json["code"] as? String)
            var answers: [Int: Int] = [:]
            for number in 0..<1_000 {
                let guess = HandoffCode(bits: UInt64(number)).description
                let answer = try await claim(guess, on: server)
                answers[answer.status, default: 0] += 1
                if answer.status == 429 { #expect(answer.headers["retry-after"] != nil) }
            }
            #expect(answers == [404: 10, 429: 990])
            #expect(try await claim(code, on: server).status == 429)
            // Who shows a token of its own is counted by itself, and time brings guesses back.
            let kiosk = try await server.token(role: .kiosk, streams: [])
            let claimed = try await claim(code, on: server, token: kiosk)
            #expect(claimed.status == 200 && claimed.json["role"] as? String == "kiosk")
            let second = try await handOff(on: server)
            server.clock.advance(60_000)
            let late = try await claim(try #require(second.json["code"] as? String), on: server)
            #expect(late.status == 200)
            let metrics = try await server.call("GET", "/metrics", token: .some(nil)).text
            #expect(metrics.contains(#"baton_handoffs_total{outcome="missed"} 10"#))
            #expect(metrics.contains(#"baton_handoffs_total{outcome="limited"} 991"#))
            #expect(metrics.contains("baton_handoffs_open 0"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `What was handed on cannot be handed on, nor outlive its time`() async throws {
        var limits = ServerLimits()
        limits.heartbeatSeconds = 1
        try await TestServer.with(limits: limits) { server in
            try await fillCart(server)
            let offer = try await handOff(
                "cust-1", #"["*"]"#, more: #","tokenSeconds":60"#, on: server)
            let claimed = try await claim(
                try #require(offer.json["code"] as? String), on: server)
            let token = try #require(claimed.json["token"] as? String)
            #expect((claimed.json["values"] as? [String: Any])?.count == 2)
            #expect(try await handOff(on: server, token: token).problem == "forbidden")
            let id = try #require(offer.json["id"] as? String)
            let status = try await server.call("GET", "/v1/handoffs/\(id)", token: token)
            #expect(status.problem == "handoff-not-found")
            let path = "/v1/streams/cust-1"
            let adopt = try await server.call(
                "POST", "\(path)/adopt", json: #"{"from":"cust-1"}"#, token: token)
            #expect(adopt.problem == "forbidden")
            let other = try await server.call("GET", "/v1/streams/cust-2/snapshot", token: token)
            #expect(other.problem == "forbidden")

            async let live = server.call("GET", "\(path)/live", token: token)
            try await server.waitForSubscribers(1)
            server.clock.advance(95_000)
            // It ends by itself, since the token is worth nothing any more.
            #expect(try await live.status == 200)
            let late = try await server.call("GET", "\(path)/entities/cart/main", token: token)
            #expect(late.status == 401)
        }
    }

    @Test(arguments: [
        (#"{"stream":"cust-1"}"#, "malformed-json"),
        (#"{"stream":"cust-1","entities":[]}"#, "malformed-json"),
        (#"{"stream":"cust-1","entities":["cart"]}"#, "invalid-name"),
        (#"{"stream":"cust-1","entities":["ca*"]}"#, "invalid-name"),
        (#"{"stream":"cust-1","entities":["cart/main"],"codeSeconds":1}"#, "malformed-json"),
        (#"{"stream":"cust-1","entities":["cart/main"],"tokenSeconds":99999}"#, "malformed-json"),
        (#"{"stream":"cust-1","entities":["cart/main"],"role":"operator"}"#, "malformed-json"),
        (#"{"stream":"","entities":["cart/main"]}"#, "invalid-name"),
        (#"{"stream":"cust-2","entities":["cart/main"]}"#, "forbidden"),
        ("[]", "malformed-json"), ("{", "malformed-json"),
    ])
    func `A wish that cannot be met is told so`(body: String, problem: String) async throws {
        try await TestServer.with { server in
            let token = try await server.token(role: .customer, streams: ["cust-1"])
            let answer = try await server.call("POST", "/v1/handoffs", json: body, token: token)
            #expect(answer.problem == problem)
        }
    }

    @Test func `A stream has few open codes at once`() async throws {
        try await TestServer.with { server in
            for _ in 0..<5 {
                let offer = try await handOff(on: server)
                #expect(offer.status == 200)
            }
            #expect(try await handOff(on: server).problem == "limit-exceeded")
            #expect(try await handOff("cust-2", on: server).status == 200)
            server.clock.advance(300_000)
            #expect(try await handOff(on: server).status == 200)
        }
    }
}
