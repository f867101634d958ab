import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// The undo of an adoption, through real HTTP (specification section 10.9).
@Suite struct `Undo of an adoption over HTTP` {
    enum Ground: CaseIterable { case memory, sqlite }

    private let time: Int64 = 1_760_000_000_000

    private func line(_ sku: String, quantity: Int, title: String) -> String {
        """
        {"path":"/lines/\(sku)/title","set":"\(title)"},\
        {"path":"/lines/\(sku)/quantity","add":\(quantity)}
        """
    }

    private func more(_ sku: String, _ quantity: Int) -> String {
        #"{"path":"/lines/\#(sku)/quantity","add":\#(quantity)}"#
    }

    private func ask(
        _ call: String, _ from: String, of stream: String, on server: TestServer,
        token: String?? = .none
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/streams/\(stream)/\(call)", json: "{\"from\":\"\(from)\"}", token: token)
    }

    private func outcome(_ answer: Answer) -> String? {
        (answer.json["verdict"] as? [String: Any])?["outcome"] as? String
    }

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
    func `Both carts are as they were, what was written since stays, and life goes on in both`(
        ground: Ground
    ) async throws {
        try await with(ground) { server in
            let own =
                line("A", quantity: 1, title: "Blue") + "," + line("C", quantity: 4, title: "Cap")
            try await server.write("cust-8", "cart/main", own)
            let anonymous =
                line("A", quantity: 2, title: "Red") + "," + line("B", quantity: 1, title: "Bag")
            try await server.write("anon-8", "cart/main", anonymous)
            let before = (
                cust: try await server.entity("cust-8", "cart/main"),
                anon: try await server.entity("anon-8", "cart/main")
            )
            for _ in 0..<2 {
                let answer = try await ask("adopt", "anon-8", of: "cust-8", on: server)
                #expect(answer.status == 200)
            }
            let undone = try await ask("adopt/undo", "anon-8", of: "cust-8", on: server)
            #expect(undone.status == 200)
            #expect(outcome(undone) == "ACCEPTED")
            #expect(try await server.entity("cust-8", "cart/main") == before.cust)
            #expect(try await server.entity("anon-8", "cart/main") == before.anon)
            let again = try await ask("adopt/undo", "anon-8", of: "cust-8", on: server)
            #expect(outcome(again) == "DUPLICATE")
            #expect(try await server.entity("cust-8", "cart/main") == before.cust)

            // Adopted anew: with what was written to the anonymous one meanwhile.
            #expect(
                try await server.write("anon-8", "cart/main", more("B", 1)).status == 200)
            #expect(
                try await outcome(ask("adopt", "anon-8", of: "cust-8", on: server))
                    == "ACCEPTED")
            #expect(
                try await server.entity("cust-8", "cart/main") == """
                    {"lines":{"A":{"quantity":3,"title":"Blue"},"B":{"quantity":2,"title":"Bag"},\
                    "C":{"quantity":4,"title":"Cap"}}}
                    """)
            // What anybody writes after it is theirs.
            try await server.write("cust-8", "cart/main", more("A", 10))
            try await server.write("cust-8", "cart/main", more("B", 5))
            #expect(
                try await outcome(ask("adopt/undo", "anon-8", of: "cust-8", on: server))
                    == "ACCEPTED")
            #expect(
                try await server.entity("cust-8", "cart/main") == """
                    {"lines":{"A":{"quantity":11,"title":"Blue"},"B":{"quantity":5,"title":"Bag"},\
                    "C":{"quantity":4,"title":"Cap"}}}
                    """)
            let phone = RawDevice(1, channel: "app", stream: "anon-8")
            let late = try await phone.push(
                [
                    phone.event(
                        seen: 1, time: time,
                        #"{"entity":"cart/main","path":"/lines/B/quantity","add":1}"#)
                ], to: server)
            #expect(late.status == 200)
            #expect(
                try await server.entity("anon-8", "cart/main") == """
                    {"lines":{"A":{"quantity":2,"title":"Red"},"B":{"quantity":3,"title":"Bag"}}}
                    """)
        }
    }

    @Test func `A profile has again what it had said, and an order that was placed stays`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write(
                "cust-1", "profile/main",
                #"{"path":"/name","set":"Ada"},{"path":"/tags","add":"vip"}"#)
            try await server.write(
                "anon-1", "profile/main",
                #"{"path":"/name","set":"A."},{"path":"/email","set":"a@example.com"},"#
                    + #"{"path":"/tags","add":"new"},{"path":"/journey","append":"came by a link"}"#
            )
            try await server.write(
                "anon-1", "order/direct-1", #"{"path":"/status","move":{"from":"","to":"placed"}}"#)
            _ = try await ask("adopt", "anon-1", of: "cust-1", on: server)
            #expect(
                try await server.entity("cust-1", "profile/main").contains("a@example.com"))
            _ = try await ask("adopt/undo", "anon-1", of: "cust-1", on: server)
            // A fact stays a fact.
            #expect(
                try await server.entity("cust-1", "profile/main")
                    == #"{"journey":["came by a link"],"name":"Ada","tags":["vip"]}"#)
            let id = StreamAdoption(
                source: try StreamID("anon-1"), target: try StreamID("cust-1")
            ).apart(try EntityID("order/direct-1"))
            #expect(
                try await server.entity("cust-1", id.description) == #"{"status":"placed"}"#)
        }
    }

    @Test func `What was never adopted, or only half covered by the token, is not undone`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("anon-1", "cart/main", line("A", quantity: 1, title: "Red"))
            let never = try await ask("adopt/undo", "anon-1", of: "cust-1", on: server)
            #expect(never.status == 404 && never.problem == "adoption-not-found")
            let itself = try await ask("adopt/undo", "cust-1", of: "cust-1", on: server)
            #expect(itself.status == 400 && itself.problem == "invalid-parameter")
            _ = try await ask("adopt", "anon-1", of: "cust-1", on: server)
            let cart = try await server.entity("cust-1", "cart/main")
            for stream in ["anon-1", "cust-1"] {
                let token = try await server.token(role: .customer, streams: [stream])
                let answer = try await ask(
                    "adopt/undo", "anon-1", of: "cust-1", on: server, token: token)
                #expect(answer.status == 403 && answer.problem == "forbidden")
            }
            #expect(try await server.entity("cust-1", "cart/main") == cart)
            _ = try await ask("adopt", "cust-1", of: "cust-2", on: server)
            let onwards = try await ask("adopt/undo", "anon-1", of: "cust-1", on: server)
            #expect(onwards.status == 409 && onwards.problem == "stream-moved")
        }
    }

    @Test(arguments: ["push", "undo", "adopt"])
    func `An undo that was stopped half-way is finished by the next call`(call: String)
        async throws
    {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            try await server.write("anon-1", "cart/main", line("A", quantity: 2, title: "Red"))
            _ = try await ask("adopt", "anon-1", of: "cust-1", on: server)
            // What a server that died in between leaves: all taken out, and the mark.
            let tenant = try TenantID("acme")
            let keys = (
                anon: StreamKey(tenant: tenant, stream: try StreamID("anon-1")),
                cust: StreamKey(tenant: tenant, stream: try StreamID("cust-1"))
            )
            let time = server.clock.now
            let dying = StreamService(
                engine: engine, schemas: BuiltinSchemas.all, wallClock: { time })
            _ = try await dying.takeOut(
                keys.anon, of: keys.cust,
                by: StreamAdoption(source: keys.anon.stream, target: keys.cust.stream),
                channel: try ChannelName("service"))
            #expect(try await engine.head(of: keys.anon).movedTo != nil)
            switch call {
            case "push":
                let phone = RawDevice(1, channel: "app", stream: "anon-1")
                let event = phone.event(
                    seen: 1, time: time,
                    #"{"entity":"cart/main","path":"/lines/A/quantity","add":1}"#)
                // The one that finds it may be told to come again.
                _ = try await server.call(
                    "POST", "/v1/streams/anon-1/events", json: phone.batch(from: 1, [event]))
                let pushed = try await server.call(
                    "POST", "/v1/streams/anon-1/events", json: phone.batch(from: 1, [event]))
                #expect(pushed.status == 200)
            case "undo":
                let again = try await ask("adopt/undo", "anon-1", of: "cust-1", on: server)
                #expect(outcome(again) == "DUPLICATE")
            default:
                let anew = try await ask("adopt", "anon-1", of: "cust-1", on: server)
                #expect(outcome(anew) == "ACCEPTED")
                let cart = try await server.entity("cust-1", "cart/main")
                #expect(cart == #"{"lines":{"A":{"quantity":2,"title":"Red"}}}"#)
                return
            }
            #expect(try await engine.head(of: keys.anon).movedTo == nil)
            #expect(
                try await server.write(
                    "anon-1", "cart/main", line("B", quantity: 1, title: "Bag")
                ).status == 200)
            #expect(try await !server.entity("cust-1", "cart/main").contains("Red"))
        }
    }
}
