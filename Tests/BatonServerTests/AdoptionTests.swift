import BatonCore
import BatonLog
import BatonWire
import Foundation
import Testing

@testable import BatonServer

/// Adoption of an anonymous stream into a customer's, through real HTTP (specification section 10.5).
@Suite struct `Adoption over HTTP` {
    private let time: Int64 = 1_760_000_000_000

    private func line(_ sku: String, quantity: Int, title: String = "Shirt") -> String {
        """
        {"entity":"cart/main","path":"/lines/\(sku)/title","set":"\(title)"},\
        {"entity":"cart/main","path":"/lines/\(sku)/quantity","add":\(quantity)}
        """
    }

    @discardableResult
    private func adopt(
        _ from: String, into stream: String, on server: TestServer, token: String?? = .none
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/streams/\(stream)/adopt", json: "{\"from\":\"\(from)\"}", token: token)
    }

    @Test
    func `Case 8: an anonymous cart is in the customer's once, whatever is sent again or too late`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("cust-8", "cart/main", line("A", quantity: 1, title: "Blue"))
            try await server.write("cust-8", "cart/main", line("C", quantity: 4))
            let phone = RawDevice(1, channel: "app", stream: "anon-8")
            try await phone.push(
                [
                    phone.event(seen: 0, time: time, line("A", quantity: 2, title: "Red")),
                    phone.event(seen: 1, time: time + 1, line("B", quantity: 1)),
                ], to: server)

            let first = try await adopt("anon-8", into: "cust-8", on: server)
            #expect(first.status == 200 && first.json["adopted"] as? String == "3")
            let whole = """
                {"lines":{"A":{"quantity":3,"title":"Blue"},"B":{"quantity":1,"title":"Shirt"},\
                "C":{"quantity":4,"title":"Shirt"}}}
                """
            #expect(try await server.entity("cust-8", "cart/main") == whole)

            // Sent twice, also by another device.
            for _ in 0..<2 {
                let again = try await adopt("anon-8", into: "cust-8", on: server)
                let verdict = again.json["verdict"] as? [String: Any]
                #expect(again.status == 200 && verdict?["outcome"] as? String == "DUPLICATE")
            }
            #expect(try await server.entity("cust-8", "cart/main") == whole)

            // A device that knows nothing of it pushes on to the old stream: what the log has is known,
            // what is new is sent to the customer's stream, where it counts once.
            let tablet = RawDevice(2, channel: "web", stream: "anon-8")
            let late = tablet.event(
                seen: 2, time: time + 2,
                #"{"entity":"cart/main","path":"/lines/B/quantity","add":5}"#)
            let refused = try await server.call(
                "POST", "/v1/streams/anon-8/events", json: tablet.batch(from: 1, [late]))
            #expect(refused.status == 409 && refused.problem == "stream-moved")
            #expect(refused.json["movedTo"] as? String == "cust-8")
            let moved = RawDevice(2, channel: "web", stream: "cust-8")
            let reissued = moved.event(
                seen: 3, time: time + 3,
                #"{"entity":"cart/main","path":"/lines/B/quantity","add":5}"#)
            #expect(try await moved.push([reissued], to: server).status == 200)
            #expect(
                try await server.entity("cust-8", "cart/main")
                    == whole.replacing(
                        #""B":{"quantity":1"#, with: #""B":{"quantity":6"#))
            let till = try await server.write("anon-8", "cart/main", line("D", quantity: 1))
            #expect(till.status == 409 && till.json["movedTo"] as? String == "cust-8")
        }
    }

    @Test func `Orders stay two, what the customer has said stays, and checkouts are not added up`()
        async throws
    {
        try await TestServer.with { server in
            for stream in ["anon-1", "cust-1"] {
                try await server.write(
                    stream, "order/main-1",
                    #"{"path":"/status","move":{"from":"","to":"placed"}},"#
                        + #"{"path":"/note","set":"of \#(stream)"}"#)
                try await server.write(
                    stream, "order/main-1",
                    #"{"path":"/status","move":{"from":"placed","to":"processing"}}"#)
                try await server.write(
                    stream, "cart/main",
                    #"{"path":"/checkouts","add":1},{"path":"/coupons","add":"\#(stream)"}"#)
            }
            try await server.write("cust-1", "profile/main", #"{"path":"/name","set":"Ada"}"#)
            try await server.write(
                "anon-1", "profile/main",
                #"{"path":"/name","set":"A."},{"path":"/email","set":"a@example.com"},"#
                    + #"{"path":"/journey","append":"came by a link"}"#)
            try await adopt("anon-1", into: "cust-1", on: server)
            #expect(
                try await server.entity("cust-1", "cart/main")
                    == #"{"checkouts":1,"coupons":["anon-1","cust-1"]}"#)
            #expect(
                try await server.entity("cust-1", "profile/main") == """
                    {"email":"a@example.com","journey":["came by a link"],"name":"Ada"}
                    """)
            #expect(
                try await server.entity("cust-1", "order/main-1")
                    == #"{"note":"of cust-1","status":"processing"}"#)
            let mark = StreamAdoption(
                source: try StreamID("anon-1"), target: try StreamID("cust-1")
            ).replica.description.prefix(12)
            #expect(
                try await server.entity("cust-1", "order/main-1~\(mark)")
                    == #"{"note":"of anon-1","status":"processing"}"#)
        }
    }

    @Test func `A stream is adopted by one other, not by itself, and not by one that was adopted`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("anon-1", "cart/main", line("A", quantity: 1))
            #expect(
                try await adopt("cust-1", into: "cust-1", on: server).problem
                    == "invalid-parameter")
            #expect(try await adopt("", into: "cust-1", on: server).problem == "invalid-name")
            try await adopt("anon-1", into: "cust-1", on: server)
            let other = try await adopt("anon-1", into: "cust-2", on: server)
            #expect(other.problem == "stream-moved")
            #expect(other.json["movedTo"] as? String == "cust-1")
            let back = try await adopt("cust-1", into: "anon-1", on: server)
            #expect(back.problem == "stream-moved")
            // The refused one left no mark.
            #expect(
                try await server.write("cust-1", "cart/main", line("B", quantity: 1)).status == 200)
        }
    }

    @Test func `A token that covers only one of the two streams adopts nothing`() async throws {
        try await TestServer.with { server in
            try await server.write("anon-1", "cart/main", line("A", quantity: 1))
            for streams in [["anon-1"], ["cust-1"]] {
                let token = try await server.token(role: .customer, streams: streams)
                let answer = try await adopt("anon-1", into: "cust-1", on: server, token: token)
                #expect(answer.status == 403 && answer.problem == "forbidden")
            }
            #expect(
                try await server.write("anon-1", "cart/main", line("B", quantity: 1)).status == 200)
        }
    }

    @Test func `An adoption that was stopped after the mark is finished by the next push`()
        async throws
    {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            try await server.write("anon-1", "cart/main", line("A", quantity: 2))
            // What a server that died in between leaves: the mark, and nothing else.
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("anon-1"))
            let adoption = StreamAdoption(
                source: key.stream, target: try StreamID("cust-1"))
            let event = Event(
                dot: Dot(engine.identity.replica, Counter(rawValue: 2)),
                context: Context(
                    replica: engine.identity.replica, own: Counter(rawValue: 1),
                    seen: Offset(rawValue: 1)),
                timestamp: Timestamp(milliseconds: time), channel: try ChannelName("service"),
                operations: [adoption.mark])
            var body: [UInt8] = []
            EventFrames.append(event.encoded, to: &body)
            _ = try await engine.append(
                AppendRequest(
                    replica: engine.identity.replica, firstCounter: nil, body: body,
                    entries: [
                        AppendRequest.Entry(length: body.count, seen: Offset(rawValue: 1))
                    ], receivedAt: time, forwarding: .to(adoption.target)), to: key)

            let phone = RawDevice(1, channel: "app", stream: "anon-1")
            let late = try await phone.push(
                [phone.event(seen: 1, time: time, line("B", quantity: 1))], to: server)
            #expect(late.problem == "stream-moved")
            #expect(
                try await server.entity("cust-1", "cart/main")
                    == #"{"lines":{"A":{"quantity":2,"title":"Shirt"}}}"#)
            let again = try await adopt("anon-1", into: "cust-1", on: server)
            #expect((again.json["verdict"] as? [String: Any])?["outcome"] as? String == "DUPLICATE")
        }
    }

    @Test func `A line of both carts that a till removes unseen stays, whole`() async throws {
        try await TestServer.with { server in
            try await server.write("cust-1", "cart/main", line("A", quantity: 1, title: "Blue"))
            try await server.write("anon-1", "cart/main", line("A", quantity: 2))
            try await adopt("anon-1", into: "cust-1", on: server)
            // The till had read the cart before.
            try await server.write(
                "cust-1", "cart/main", #"{"path":"/lines","remove":"A"}"#, seen: 1)
            #expect(
                try await server.entity("cust-1", "cart/main")
                    == #"{"lines":{"A":{"quantity":2,"title":"Blue"}}}"#)
        }
    }

    @Test func `A cart larger than an event is adopted whole`() async throws {
        try await TestServer.with { server in
            for page in 0..<4 {
                let lines = (0..<200).map { line("sku-\(page)-\($0)", quantity: 1) }
                    .joined(separator: ",")
                #expect(try await server.write("anon-1", "cart/main", lines).status == 200)
            }
            let before = try await server.entity("anon-1", "cart/main")
            let adopted = try await adopt("anon-1", into: "cust-1", on: server)
            #expect(adopted.status == 200)
            #expect(Int(adopted.json["head"] as? String ?? "") ?? 0 > 1)
            #expect(try await server.entity("cust-1", "cart/main") == before)
        }
    }
}
