import BatonCore
import BatonWire
import Foundation
import Testing

/// A till, a script or curl turns a cart into an order.
@Suite struct `Checkout by a thin client` {
    private let line = #"""
        {"path":"/lines/A/title","set":"Tea"},\#
        {"path":"/lines/A/price","set":{"amount":450,"currency":"EUR"}},\#
        {"path":"/lines/A/quantity","add":2}
        """#

    @Test func `empties the cart and places the order in one event`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", line)
            let answer = try await server.call(
                "POST", "/v1/streams/s/checkout",
                json: #"""
                    {"cart":"main","channel":"store","operations":[\#
                    {"path":"/payments/1/method","set":"card"}]}
                    """#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["order"] as? String == "order/main-1")
            #expect(answer.headers["baton-offset"] == "2")
            #expect(try await server.entity("s", "cart/main") == #"{"checkouts":1}"#)
            #expect(
                try await server.entity("s", "order/main-1") == #"""
                    {"cart":"cart/main","lines":{"A":{"price":{"amount":450,"currency":"EUR"},\#
                    "quantity":2,"title":"Tea"}},"payments":{"1":{"method":"card"}},\#
                    "placedAt":"2025-10-09T08:53:20.000Z","status":"placed"}
                    """#)
        }
    }

    @Test func `sent again places nothing, and names the first one's order`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", line)
            let send = { (key: String) in
                try await server.call(
                    "POST", "/v1/streams/s/checkout", json: #"{"cart":"main"}"#,
                    headers: [("Idempotency-Key", key)])
            }
            #expect(try await send("till-1").json["order"] as? String == "order/main-1")
            let again = try await send("till-1").json
            #expect(again["order"] as? String == "order/main-1")
            #expect((again["verdict"] as? [String: Any])?["outcome"] as? String == "DUPLICATE")
            // Also once there is something in the cart again.
            try await server.write("s", "cart/main", line)
            #expect(try await send("till-1").json["order"] as? String == "order/main-1")
            #expect(try await send("till-2").json["order"] as? String == "order/main-2")
        }
    }

    @Test func `at two tills that had seen the same cart places one order`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", line)
            for _ in 1...2 {
                let answer = try await server.call(
                    "POST", "/v1/streams/s/checkout", json: #"{"cart":"main","seen":"1"}"#)
                #expect(answer.json["order"] as? String == "order/main-1", "\(answer.text)")
            }
            #expect(try await server.entity("s", "cart/main") == #"{"checkouts":1}"#)
            let conflicts = try await server.call("GET", "/v1/streams/s/conflicts").json
            #expect((conflicts["conflicts"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func `of chosen lines leaves the others`() async throws {
        try await TestServer.with { server in
            try await server.write(
                "s", "cart/main", line + #",{"path":"/lines/B/quantity","add":1}"#)
            let answer = try await server.call(
                "POST", "/v1/streams/s/checkout", json: #"{"cart":"main","lines":["B"]}"#)
            #expect(answer.json["order"] as? String == "order/main-1")
            #expect(try await server.entity("s", "cart/main").contains(#""title":"Tea""#))
            #expect(
                try await server.entity("s", "order/main-1").contains(
                    #""lines":{"B":{"quantity":1}}"#))
        }
    }

    @Test func `of nothing, of no cart, or with what does not fit is refused`() async throws {
        try await TestServer.with { server in
            let send = { (json: String) in
                try await server.call("POST", "/v1/streams/s/checkout", json: json).problem
            }
            #expect(try await send(#"{"cart":"main"}"#) == "entity-not-found")
            #expect(try await send(#"{"cart":"no/cart"}"#) == "invalid-name")
            #expect(try await send("{}") == "invalid-name")
            try await server.write("s", "cart/main", line)
            let with = { (operation: String) in #"{"cart":"main","operations":[\#(operation)]}"# }
            #expect(try await send(with(#"{"path":"/moon","set":1}"#)) == "unknown-place")
            #expect(try await send(with(#"{"path":"/total","set":1}"#)) == "schema-violation")
            let foreign = #"{"entity":"cart/main","path":"/note","set":"x"}"#
            #expect(try await send(with(foreign)) == "malformed-event")
            #expect(try await server.call("GET", "/v1/streams/s/events").text.contains("\"1\""))
            #expect(
                try await server.call("GET", "/v1/streams/s/entities/order/main-1").status == 404)
        }
    }

    @Test func `is not confirmed to who may not do it`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/lines/a/quantity","add":1}"#)
            func checkout(_ token: String?) async throws -> Answer {
                try await server.call(
                    "POST", "/v1/streams/s/checkout", json: #"{"cart":"main"}"#,
                    headers: [("Idempotency-Key", "till-4")],
                    token: token.map { .some($0) } ?? .none)
            }
            let carts = try await server.token(
                role: .customer, streams: ["s"], entities: ["cart/main"])
            let before = try await checkout(carts)
            #expect(try await checkout(nil).status == 200)
            let after = try await checkout(carts)
            #expect(before.status == 403 && after.status == 403)
            #expect(before.text == after.text)
            let both = try await server.token(
                role: .customer, streams: ["s"], entities: ["cart/main", "order/main-*"])
            #expect(try await checkout(both).text.contains("order/main-1"))
        }
    }

    @Test func `A thin write at one entity's address writes no other entity`() async throws {
        try await TestServer.with { server in
            let foreign = #"{"entity":"order/o","path":"/note","set":"x"}"#
            let answer = try await server.write("s", "cart/main", foreign)
            #expect(answer.status == 400 && answer.problem == "malformed-event")
            let own = #"{"entity":"cart/main","path":"/note","set":"x"}"#
            #expect(try await server.write("s", "cart/main", own).status == 200)
            let both = try await server.write("s", "cart/main", own + "," + foreign)
            #expect(both.problem == "malformed-event")
            #expect(try await server.call("GET", "/v1/streams/s/entities/order/o").status == 404)
        }
    }
}
