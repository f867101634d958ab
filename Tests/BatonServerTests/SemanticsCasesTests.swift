import BatonCore
import BatonLog
import Foundation
import Testing

@testable import BatonServer

/// The cases of the semantics that decide whether the merge is right, through real HTTP.
@Suite struct `Cases of the semantics over HTTP` {
    private let time: Int64 = 1_760_000_000_000

    private func line(_ sku: String, quantity: Int) -> String {
        """
        {"entity":"cart/main","path":"/lines/\(sku)/title","set":"Shirt"},\
        {"entity":"cart/main","path":"/lines/\(sku)/price","set":{"amount":1999,"currency":"EUR"}},\
        {"entity":"cart/main","path":"/lines/\(sku)/attributes/colour","set":"blue"},\
        {"entity":"cart/main","path":"/lines/\(sku)/quantity","add":\(quantity)}
        """
    }

    /// An increment as a client writes it: with the keeps of the line that event 1 of `origin` made.
    private func increment(_ sku: String, _ number: Int, origin: ReplicaID) -> String {
        let kept =
            "\"replica\":\"\(origin)\",\"counter\":\"1\",\"offset\":\"1\",\"time\":\"\(time)\""
        return """
            {"entity":"cart/main","path":"/lines/\(sku)/quantity","add":\(number)},\
            {"entity":"cart/main","path":"/lines/\(sku)/title","keep":{"value":"Shirt",\(kept)}},\
            {"entity":"cart/main","path":"/lines/\(sku)/price","keep":\
            {"value":{"amount":1999,"currency":"EUR"},\(kept)}},\
            {"entity":"cart/main","path":"/lines/\(sku)/attributes/colour","keep":\
            {"value":"blue",\(kept)}}
            """
    }

    @Test func `Case 1: unseen increments survive a removal, and the line is whole`() async throws {
        try await TestServer.with { server in
            let maker = RawDevice(1, channel: "app", stream: "c1")
            let phone = RawDevice(2, channel: "app", stream: "c1")
            try await maker.push(
                [maker.event(seen: 0, time: time, line("A", quantity: 1))], to: server)
            // All three had seen the log up to 1, and no more.
            try await phone.push(
                [phone.event(seen: 1, time: time + 5, increment("A", 1, origin: maker.replica))],
                to: server)
            let web = try await server.write(
                "c1", "cart/main", #"{"path":"/lines/A/quantity","add":2}"#, seen: 1,
                channel: "web")
            let kiosk = try await server.write(
                "c1", "cart/main", #"{"path":"/lines","remove":"A"}"#, seen: 1)
            #expect(web.status == 200 && kiosk.status == 200)
            #expect(
                try await server.entity("c1", "cart/main") == """
                    {"lines":{"A":{"attributes":{"colour":"blue"},\
                    "price":{"amount":1999,"currency":"EUR"},"quantity":3,"title":"Shirt"}}}
                    """)
        }
    }

    @Test
    func `Case 2: of two concurrent quantities the greater stands, and the conflict is listed`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("c2", "cart/main", line("A", quantity: 1))
            for quantity in [3, 5] {
                try await server.write(
                    "c2", "cart/main", "{\"path\":\"/lines/A/quantity\",\"set\":\(quantity)}",
                    seen: 1, channel: "web")
            }
            #expect(try await server.entity("c2", "cart/main").contains(#""quantity":5"#))
            let conflicts = try await server.call("GET", "/v1/streams/c2/conflicts").text
            #expect(conflicts.contains(#""path":"/lines/A/quantity""#))
            #expect(conflicts.contains(#""rule":"count max""#))
            #expect(conflicts.contains(#""value":3"#))

            // A later write that has seen both settles it.
            try await server.write(
                "c2", "cart/main", #"{"path":"/lines/A/quantity","set":4}"#)
            #expect(
                try await server.call("GET", "/v1/streams/c2/conflicts").text
                    == #"{"conflicts":[]}"#)
            let settled = try await server.call("GET", "/v1/streams/c2/conflicts?status=settled")
            #expect(settled.text.contains(#""status":"settled""#))
        }
    }

    @Test func `Case 3: a removed item stays removed when a device comes back with other edits`()
        async throws
    {
        try await TestServer.with { server in
            let maker = RawDevice(1, channel: "app", stream: "c3")
            let away = RawDevice(2, channel: "app", stream: "c3")
            try await maker.push(
                [
                    maker.event(seen: 0, time: time, line("A", quantity: 1)),
                    maker.event(seen: 1, time: time, line("B", quantity: 1)),
                ], to: server)
            try await server.write("c3", "cart/main", #"{"path":"/lines","remove":"A"}"#)
            try await away.push(
                [
                    away.event(
                        seen: 2, time: time - 1000,
                        #"{"entity":"cart/main","path":"/note","set":"gift"}"#),
                    away.event(
                        seen: 2, time: time - 900,
                        #"{"entity":"cart/main","path":"/lines/B/quantity","add":1}"#),
                ], to: server)
            let cart = try await server.entity("c3", "cart/main")
            #expect(!cart.contains(#""A":"#))
            #expect(cart.contains(#""note":"gift""#) && cart.contains(#""quantity":2"#))
        }
    }

    @Test func `Case 4: goods handed over beat a cancellation, which is reported`() async throws {
        try await TestServer.with { server in
            try await server.write(
                "c4", "order/o-1", #"{"path":"/status","move":{"from":"","to":"placed"}}"#)
            try await server.write(
                "c4", "order/o-1", #"{"path":"/status","move":{"from":"placed","to":"ready"}}"#)
            try await server.write(
                "c4", "order/o-1", #"{"path":"/status","move":{"from":"ready","to":"collected"}}"#,
                seen: 2)
            try await server.write(
                "c4", "order/o-1", #"{"path":"/status","move":{"from":"ready","to":"cancelled"}}"#,
                seen: 2, channel: "app")
            #expect(try await server.entity("c4", "order/o-1") == #"{"status":"collected"}"#)
            let conflicts = try await server.call("GET", "/v1/streams/c4/conflicts").text
            #expect(conflicts.contains(#""overruled":[{"#) && conflicts.contains("cancelled"))
        }
    }

    @Test func `A till that was offline cannot turn a delivered order back`() async throws {
        try await TestServer.with { server in
            let move = { (from: String, to: String) in
                "{\"path\":\"/status\",\"move\":{\"from\":\"\(from)\",\"to\":\"\(to)\"}}"
            }
            let steps = [("", "placed"), ("placed", "shipped"), ("shipped", "delivered")]
            for (from, to) in steps {
                #expect(try await server.write("c", "order/o", move(from, to)).status == 200)
            }
            // It says that it has seen the delivery: that is refused, for a thin client at once …
            let thin = try await server.write("c", "order/o", move("", "placed"))
            #expect(thin.status == 422 && thin.problem == "schema-violation")
            // … and for a device on record, under its dot.
            let device = RawDevice(1, channel: "store", stream: "c")
            let entity = "{\"entity\":\"order/o\"," + move("", "placed").dropFirst()
            let pushed = try await device.push(
                [device.event(seen: 3, time: time, entity)], to: server)
            #expect(pushed.problem == "schema-violation")
            // Without having seen it the two are concurrent, and the stronger state stands.
            let late = try await device.push(
                [device.event(seen: 0, time: time, entity)], to: server)
            #expect(late.status == 200)
            #expect(try await server.entity("c", "order/o") == #"{"status":"delivered"}"#)
        }
    }

    @Test func `Case 5: two devices check out one cart while apart, and one order stands`()
        async throws
    {
        try await TestServer.with { server in
            let phone = RawDevice(1, channel: "app", stream: "c5")
            let tablet = RawDevice(2, channel: "web", stream: "c5")
            try await phone.push(
                [phone.event(seen: 0, time: time, line("A", quantity: 2))], to: server)
            // Both had seen the log up to 1; the tablet added something before it checked out.
            let checkout = { (lines: [(String, Int)]) in
                ([
                    #"{"entity":"cart/main","path":"/lines","clear":{}}"#,
                    #"{"entity":"cart/main","path":"/checkouts","set":1}"#,
                    #"{"entity":"order/main-1","path":"/status","#
                        + #""move":{"from":"","to":"placed"}}"#,
                    #"{"entity":"order/main-1","path":"/placedAt","#
                        + #""set":"2026-01-31T12:00:0\#(lines.count).000Z"}"#,
                ]
                    + lines.map {
                        "{\"entity\":\"order/main-1\",\"path\":\"/lines/\($0.0)/quantity\","
                            + "\"set\":\($0.1)}"
                    }).joined(separator: ",")
            }
            try await phone.push(
                [phone.event(seen: 1, time: time + 10, checkout([("A", 2)]))], to: server)
            try await tablet.push(
                [
                    tablet.event(seen: 1, time: time + 11, line("B", quantity: 1)),
                    tablet.event(seen: 1, time: time + 12, checkout([("A", 3), ("B", 1)])),
                ], to: server)
            #expect(
                try await server.entity("c5", "order/main-1") == """
                    {"lines":{"A":{"quantity":3},"B":{"quantity":1}},\
                    "placedAt":"2026-01-31T12:00:01.000Z","status":"placed"}
                    """)
            #expect(try await server.entity("c5", "cart/main") == #"{"checkouts":1}"#)
            #expect(
                try await server.call("GET", "/v1/streams/c5/entities/order/main-2").status == 404)
            // The devices differed in one quantity, and in a line that one had alone: all of that,
            // and no more, is reported.
            let conflicts = try await server.call("GET", "/v1/streams/c5/conflicts").json
            let found = try #require(conflicts["conflicts"] as? [[String: Any]])
            #expect(
                found.map { $0["path"] as? String } == ["/lines/A/quantity", "/lines/B"])
            #expect(found.map { $0["rule"] as? String } == ["count max", "map"])
            let lacking = try #require(found[1]["overruled"] as? [[String: Any]])
            #expect(lacking.map { $0["replica"] as? String } == [phone.replica.description])
        }
    }

    @Test func `Case 6: a withdrawn consent beats one given at the same time`() async throws {
        try await TestServer.with { server in
            try await server.write("c6", "profile/me", #"{"path":"/name","set":"Ada"}"#)
            try await server.write(
                "c6", "profile/me", #"{"path":"/consents/marketing","set":"withdrawn"}"#, seen: 1)
            server.clock.advance(60_000)
            try await server.write(
                "c6", "profile/me", #"{"path":"/consents/marketing","set":"given"}"#, seen: 1,
                channel: "web")
            #expect(
                try await server.entity("c6", "profile/me")
                    == #"{"consents":{"marketing":"withdrawn"},"name":"Ada"}"#)
        }
    }

    @Test func `Case 7: two fields of one address are both kept; of one field the latest wins`()
        async throws
    {
        try await TestServer.with { server in
            let address = { (field: String, value: String) in
                "{\"path\":\"/addresses/home/\(field)\",\"set\":\"\(value)\"}"
            }
            try await server.write("c7", "profile/me", address("street", "Old Lane 1"))
            try await server.write("c7", "profile/me", address("city", "Ulm"), seen: 1)
            server.clock.advance(10)
            try await server.write("c7", "profile/me", address("street", "New Lane 2"), seen: 1)
            server.clock.advance(10)
            try await server.write("c7", "profile/me", address("street", "Newer Lane 3"), seen: 1)
            #expect(
                try await server.entity("c7", "profile/me")
                    == #"{"addresses":{"home":{"city":"Ulm","street":"Newer Lane 3"}}}"#)
            let customer = try await server.token(role: .customer)
            let conflicts = try await server.call(
                "GET", "/v1/streams/c7/conflicts", token: customer
            ).text
            #expect(conflicts.contains("New Lane 2") && !conflicts.contains("Ulm"))
        }
    }

    @Test func `Case 9: a device below the horizon gets a snapshot and pushes what it has`()
        async throws
    {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            let away = RawDevice(9, channel: "app", stream: "c9")
            for number in 1...6 {
                try await server.write("c9", "cart/main", line("S\(number)", quantity: number))
            }
            let before = try await server.entity("c9", "cart/main")
            let hash = try await server.call("GET", "/v1/streams/c9/snapshot").json["stateHash"]

            // Compaction to the head, while the device stands at offset 2.
            let cursor =
                try await server.call("GET", "/v1/streams/c9/events?limit=2")
                .json["cursor"] as? String
            let key = try StreamKey(tenant: TenantID("acme"), stream: StreamID("c9"))
            let states = StateCache(
                engine: engine, schemas: server.schemas, limits: ServerLimits())
            _ = try await states.store(states.state(of: key), for: key)
            try await engine.store(
                #require(try await engine.snapshot(of: key)), as: .base, for: key)
            #expect(try await engine.compact(key, through: Offset(rawValue: 6)).rawValue == 6)

            let pulled = try await server.call(
                "GET", "/v1/streams/c9/events?after=\(try #require(cursor))")
            #expect(pulled.json["snapshot"] != nil && pulled.json["batches"] == nil)
            #expect(pulled.json["stateHash"] as? String == hash as? String)
            #expect(try await server.entity("c9", "cart/main") == before)

            let pushed = try await away.push(
                [
                    away.event(
                        seen: 2, time: time,
                        #"{"entity":"cart/main","path":"/lines/S1/quantity","add":5}"#)
                ], to: server)
            #expect(pushed.status == 200)
            #expect(try await server.entity("c9", "cart/main").contains(#""quantity":6"#))
        }
    }

    @Test func `Case 10: a clock a day ahead is refused with the server's time, and wins nothing`()
        async throws
    {
        try await TestServer.with { server in
            let fast = RawDevice(10, channel: "app", stream: "c10")
            let note = { (text: String) in
                "{\"entity\":\"cart/main\",\"path\":\"/note\",\"set\":\"\(text)\"}"
            }
            let refused = try await server.call(
                "POST", "/v1/streams/c10/events",
                json: fast.batch(
                    from: 1, [fast.event(seen: 0, time: time + 86_400_000, note("tomorrow"))]))
            #expect(refused.status == 409 && refused.problem == "clock-drift")
            #expect(refused.json["serverTime"] as? Int64 == server.clock.now)

            // Stamped anew with the server's time it is taken, and a later write wins over it.
            try await fast.push([fast.event(seen: 0, time: time, note("today"))], to: server)
            server.clock.advance(5_000)
            try await server.write("c10", "cart/main", #"{"path":"/note","set":"later"}"#, seen: 0)
            #expect(try await server.entity("c10", "cart/main") == #"{"note":"later"}"#)
        }
    }
}
