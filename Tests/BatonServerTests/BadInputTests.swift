import BatonCore
import BatonGzip
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// Every bad input gets a problem with a stable slug, and nothing of it is stored.
@Suite struct `Bad input` {
    private let time: Int64 = 1_760_000_000_000
    private let note = #"{"entity":"cart/main","path":"/note","set":"x"}"#

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let slug: String
        let call: @Sendable (TestServer) async throws -> Answer

        init(
            _ description: String, _ status: Int, _ slug: String,
            _ call: @Sendable @escaping (TestServer) async throws -> Answer
        ) {
            testDescription = description
            self.status = status
            self.slug = slug
            self.call = call
        }

        /// A push of one event to the stream `s`, with parts replaced.
        static func push(
            _ description: String, _ status: Int, _ slug: String,
            replica: String = "\"0000000000000000000000000000000d\"", counter: String = "\"1\"",
            event: String
        ) -> Case {
            Case(description, status, slug) { server in
                try await server.call(
                    "POST", "/v1/streams/s/events",
                    json: """
                        {"batch":{"replica":\(replica),"counter":\(counter),"events":[\(event)]}}
                        """)
            }
        }
    }

    private static func event(
        seen: String = "\"0\"", time: String = "\"1760000000000\"", channel: String = "web",
        operations: String = #"{"entity":"cart/main","path":"/note","set":"x"}"#, more: String = ""
    ) -> String {
        """
        {"seen":\(seen),"time":\(time),"channel":"\(channel)","operations":[\(operations)]\(more)}
        """
    }

    static let cases: [Case] = [
        Case("a stream name with a blank", 400, "invalid-name") {
            try await $0.call("GET", "/v1/streams/a%20b/events")
        },
        Case("an unknown stream", 404, "stream-not-found") {
            try await $0.call("GET", "/v1/streams/nobody/events")
        },
        Case("an unknown entity", 404, "stream-not-found") {
            try await $0.call("GET", "/v1/streams/nobody/entities/cart/main")
        },
        Case("an entity type with capitals", 400, "invalid-name") {
            try await $0.write("s", "Cart/main", #"{"path":"/note","set":"x"}"#)
        },
        Case("an unknown call", 404, "not-found") { try await $0.call("GET", "/v2/streams") },
        Case("a method that a path does not take", 405, "method-not-allowed") {
            try await $0.call("DELETE", "/v1/streams/s/events")
        },
        Case("a cursor of nobody's", 400, "invalid-cursor") {
            _ = try await $0.call(
                "POST", "/v1/streams/s/entities/cart/main",
                json: #"{"operations":[{"path":"/note","set":"x"}]}"#)
            return try await $0.call("GET", "/v1/streams/s/events?after=..%2F1")
        },
        Case("a limit of no number", 400, "invalid-parameter") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/events?limit=many")
        },
        Case("a limit with a sign", 400, "invalid-parameter") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/timeline?limit=%2B5")
        },
        Case("a moment with a sign", 400, "invalid-parameter") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/entities/cart/main?at=%2B1")
        },
        Case(
            "a path that is no pointer, though nothing is to be explained", 400, "invalid-parameter"
        ) {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/entities/cart/main?path=note")
        },
        Case("a cursor with a sign", 400, "invalid-cursor") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/events?after=0a-%2B0")
        },
        Case("a cursor of no log that could be", 400, "invalid-cursor") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            return try await $0.call("GET", "/v1/streams/s2/events?after=%3F%3C-0")
        },
        Case("a combined id that names no stream", 400, "invalid-cursor") {
            try await $0.call("GET", "/v1/live?stream=s&after=0a-1")
        },
        Case("a live cursor beyond the log", 400, "invalid-cursor") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            let cursor = "\($0.engine.identity.epoch)-2"
            return try await $0.call("GET", "/v1/streams/s2/live?after=\(cursor)")
        },
        Case("a combined cursor beyond a log", 400, "invalid-cursor") {
            try await $0.write("s2", "cart/main", #"{"path":"/note","set":"x"}"#)
            let cursor = "\($0.engine.identity.epoch)-2"
            return try await $0.call("GET", "/v1/live?stream=s2&after=s2%3D\(cursor)")
        },
        Case("a bad cursor that a good id outranks", 400, "invalid-cursor") {
            try await $0.call(
                "GET", "/v1/streams/s/live?after=bad", headers: [("Last-Event-ID", "")])
        },
        Case("a bad combined cursor that a good id outranks", 400, "invalid-cursor") {
            try await $0.call(
                "GET", "/v1/live?stream=s&after=s%3Dbad", headers: [("Last-Event-ID", "")])
        },
        .push(
            "a keep of a time after the year 9999", 400, "malformed-event",
            event: event(
                operations: """
                    {"entity":"cart/main","path":"/note","keep":{"value":"x","counter":"1",\
                    "replica":"0000000000000000000000000000000e","time":"253402300800000"}}
                    """)),
        Case("JSON that is cut off", 400, "malformed-json") {
            try await $0.call("POST", "/v1/streams/s/events", json: #"{"batch":{"#)
        },
        Case("JSON with an unknown member", 400, "malformed-json") {
            try await $0.call("POST", "/v1/streams/s/events", json: #"{"bacth":{}}"#)
        },
        Case("JSON nested beyond all measure", 400, "malformed-json") {
            let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
            return try await $0.write("s", "cart/main", "{\"path\":\"/note\",\"set\":\(deep)}")
        },
        Case("bytes that are no protobuf", 400, "malformed-protobuf") {
            try await $0.call(
                "POST", "/v1/streams/s/events", bytes: [0xFF, 0xFF, 0xFF],
                headers: [("Content-Type", "application/x-protobuf")])
        },
        Case("a content type of another kind", 415, "unsupported-media-type") {
            try await $0.call(
                "POST", "/v1/streams/s/events", bytes: [1],
                headers: [("Content-Type", "text/plain")])
        },
        Case("a content coding of another kind", 415, "unsupported-encoding") {
            try await $0.call(
                "POST", "/v1/streams/s/events", json: "{}", headers: [("Content-Encoding", "br")])
        },
        Case("gzip that is none", 400, "malformed-encoding") {
            try await $0.call(
                "POST", "/v1/streams/s/events", json: "{}", headers: [("Content-Encoding", "gzip")])
        },
        Case("a body beyond the limit", 413, "body-too-large") {
            try await $0.call(
                "POST", "/v1/streams/s/events",
                json: String(repeating: " ", count: 1024 * 1024 + 1))
        },
        Case("a small body that becomes a large one", 413, "body-too-large") {
            // Two mebibytes, which would fit, out of two kibibytes.
            try await $0.call(
                "POST", "/v1/streams/s/events",
                bytes: Gzip.compress([UInt8](repeating: 0x20, count: 2 << 20)),
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
        },
        Case("a small body that becomes one which could be sent as it is", 400, "malformed-json") {
            try await $0.call(
                "POST", "/v1/streams/s/events",
                bytes: Gzip.compress([UInt8](repeating: 0x20, count: 1 << 20)),
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
        },
        Case("a body that decompresses beyond the limit", 413, "body-too-large") {
            let bomb = try Gzip.compress([UInt8](repeating: 0x20, count: 9 << 20))
            return try await $0.call(
                "POST", "/v1/streams/s/events", bytes: bomb,
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
        },
        .push(
            "a replica id that is too short", 400, "invalid-name", replica: "\"d\"", event: event()),
        .push("a counter of zero", 400, "malformed-event", counter: "\"0\"", event: event()),
        .push(
            "a counter that is no number", 400, "malformed-json", counter: "\"x\"", event: event()),
        .push("a gap", 409, "gap", counter: "\"3\"", event: event()),
        .push("a context beyond the log", 409, "unknown-context", event: event(seen: "\"9\"")),
        .push(
            "a context of an unknown replica", 409, "unknown-context",
            event: event(
                more: #","beyond":[{"replica":"000000000000000000000000000000ee","counter":"1"}]"#)),
        .push("a clock that is ahead", 409, "clock-drift", event: event(time: "\"1760000999999\"")),
        .push("a timestamp of zero", 400, "malformed-event", event: event(time: "\"0\"")),
        .push("a channel with a blank", 400, "invalid-name", event: event(channel: "the web")),
        .push("no operations", 400, "malformed-event", event: event(operations: "")),
        .push(
            "a path that is no pointer", 400, "malformed-event",
            event: event(operations: #"{"entity":"cart/main","path":"note","set":"x"}"#)),
        .push(
            "an operation with no action", 400, "malformed-event",
            event: event(operations: #"{"entity":"cart/main","path":"/note"}"#)),
        .push(
            "a fraction", 400, "malformed-event",
            event: event(operations: #"{"entity":"cart/main","path":"/note","set":1.5}"#)),
        .push(
            "a void record from a client", 400, "malformed-event",
            event: event(more: #","void":{"code":"schema-violation"}"#)),
    ]

    @Test(arguments: cases)
    func `is answered with a problem and leaves nothing`(_ input: Case) async throws {
        try await TestServer.with { server in
            let answer = try await input.call(server)
            #expect(answer.status == input.status, "\(answer.text)")
            #expect(answer.problem == input.slug, "\(answer.text)")
            #expect((answer.json["detail"] as? String)?.isEmpty == false)
            #expect(try await server.call("GET", "/v1/streams/nobody/events").status == 404)
            // Only cases that first write something themselves leave a stream behind.
            let head = try await server.engine.head(
                of: .init(tenant: TenantID("acme"), stream: StreamID("s")))
            #expect(head.offset.rawValue <= 1)
        }
    }

    @Test func `A value of the wrong type is refused for good, under its dot`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let wrong = device.event(
                seen: 0, time: time, #"{"entity":"cart/main","path":"/note","set":5}"#)
            let refused = try await device.push([wrong], to: server)
            #expect(refused.status == 422 && refused.problem == "schema-violation")

            // A retry gets the first verdict; the next counter goes on from there.
            let retry = try await server.call(
                "POST", "/v1/streams/s/events", json: device.batch(from: 1, [wrong]))
            #expect(retry.status == 422)
            let right = device.event(seen: 1, time: time, note)
            #expect(try await device.push([right], to: server).status == 200)
            let log = try await server.call("GET", "/v1/streams/s/events").text
            #expect(log.contains(#""void":{"code":"schema-violation""#))
            #expect(try await server.entity("s", "cart/main") == #"{"note":"x"}"#)
        }
    }

    @Test func `One bad event among good ones gets its own verdict`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let events = [
                device.event(seen: 0, time: time, note),
                device.event(
                    seen: 0, time: time,
                    #"{"entity":"order/o","path":"/status","move":{"from":"placed","to":"moon"}}"#),
                device.event(seen: 0, time: time, note),
            ]
            let answer = try await device.push(events, to: server)
            #expect(answer.status == 200)
            let verdicts = (answer.json["verdicts"] as? [[String: Any]])?.map {
                $0["outcome"] as? String
            }
            #expect(verdicts == ["ACCEPTED", "REFUSED", "ACCEPTED"])
        }
    }

    @Test func `Fields and actions of a newer client are kept and passed on`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let newer = #"{"entity":"cart/main","path":"/giftWrap","set":"gold"}"#
            let other = #"{"entity":"wishlist/w","path":"/items","add":"sku-1"}"#
            let answer = try await device.push(
                [device.event(seen: 0, time: time, newer + "," + other)], to: server)
            #expect(answer.status == 200)
            let log = try await server.call("GET", "/v1/streams/s/events").text
            #expect(log.contains("giftWrap") && log.contains("wishlist/w"))
            let snapshot = try await server.call("GET", "/v1/streams/s/snapshot").text
            #expect(snapshot.contains("giftWrap") && snapshot.contains("wishlist/w"))
        }
    }
}
