import AsyncHTTPClient
import BatonCore
import BatonGzip
import BatonLog
import BatonWire
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import BatonServer

@Suite struct `Calls over HTTP` {
    private let time: Int64 = 1_760_000_000_000
    private let note = #"{"entity":"cart/main","path":"/note","set":"x"}"#

    @Test func `A push sent again answers duplicate and changes nothing`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let events = [device.event(seen: 0, time: time, note)]
            let first = try await device.push(events, to: server)
            let again = try await server.call(
                "POST", "/v1/streams/s/events", json: device.batch(from: 1, events))
            #expect(first.text.contains("ACCEPTED") && again.text.contains("DUPLICATE"))
            #expect(again.json["head"] as? String == "1")
        }
    }

    @Test func `A known dot with other content is a cloned replica`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            try await device.push([device.event(seen: 0, time: time, note)], to: server)
            let clone = try await server.call(
                "POST", "/v1/streams/s/events",
                json: device.batch(from: 1, [device.event(seen: 0, time: time + 1, note)]))
            #expect(clone.status == 409 && clone.problem == "replica-cloned")
        }
    }

    @Test func `JSON and protobuf, plain and gzip, say the same`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            try await device.push([device.event(seen: 0, time: time, note)], to: server)

            var batch = Baton_V1_Batch()
            batch.replica = ReplicaID(high: 0xE, low: 1).description
            batch.counter = 1
            var event = Baton_V1_Event()
            event.seen = 1
            event.time = time
            event.channel = "app"
            event.operations = [
                try FieldOperation(
                    EntityID("cart/main"), FieldPath(["coupons"]), .add("TEN")
                ).message
            ]
            batch.events = [event]
            var request = Baton_V1_PushRequest()
            request.batch = batch
            let pushed = try await server.call(
                "POST", "/v1/streams/s/events",
                bytes: try Gzip.compress(Protobuf.encode(request)),
                headers: [
                    ("Content-Type", "application/x-protobuf"), ("Content-Encoding", "gzip"),
                ])
            #expect(pushed.headers["content-type"] == "application/x-protobuf")
            let response = try Protobuf.decode(Baton_V1_PushResponse.self, from: pushed.body)
            #expect(response.verdicts.map(\.outcome) == [.accepted])

            let json = try await server.call("GET", "/v1/streams/s/events")
            let binary = try await server.call(
                "GET", "/v1/streams/s/events", headers: [("Accept", "application/x-protobuf")])
            var decoded = try Protobuf.decode(Baton_V1_PullResponse.self, from: binary.body)
            let read = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: json.body)
            decoded.serverTime = read.serverTime
            #expect(decoded == read)
            #expect(decoded.batches.map(\.events.count) == [1, 1])
            // The pushed event is served byte for byte as it came.
            #expect(decoded.batches[1].events == [event])

            for _ in 0..<20 {
                try await device.push([device.event(seen: 1, time: time, note)], to: server)
            }
            let zipped = try await server.call(
                "GET", "/v1/streams/s/events", headers: [("Accept-Encoding", "gzip")])
            #expect(zipped.headers["content-encoding"] == "gzip")
            let text = String(
                decoding: try Gzip.decompress(zipped.body, limit: 1 << 20), as: UTF8.self)
            #expect(text.contains("coupons"))
        }
    }

    @Test func `A sync pushes and pulls many streams, and leaves out the asker's own events`()
        async throws
    {
        try await TestServer.with { server in
            let replica = ReplicaID(high: 0, low: 7)
            let device = RawDevice(1, channel: "web", stream: "a")
            try await device.push([device.event(seen: 0, time: time, note)], to: server)
            let event = device.event(seen: 0, time: time, note)
            let answer = try await server.call(
                "POST", "/v1/sync",
                json: """
                    {"streams":[{"stream":"a","replica":"\(replica)","push":{"replica":"\(replica)",\
                    "counter":"1","events":[\(event)]}},{"stream":"b"},{"stream":"no good"}]}
                    """)
            #expect(answer.status == 200)
            let response = try Protobuf.decodeJSON(Baton_V1_SyncResponse.self, from: answer.body)
            let first = response.streams[0]
            #expect(first.pushed.verdicts.map(\.outcome) == [.accepted])
            #expect(first.pulled.batches.map(\.omitted) == [0, 1])
            #expect(first.pulled.batches[1].events.isEmpty && first.pulled.stateHash.count == 64)
            #expect(response.streams[1].pulled.head == 0)
            #expect(response.streams[2].problem.type == "urn:baton:problem:invalid-name")
        }
    }

    @Test func `The state hash is the SHA-256 of the state that the events make`() async throws {
        try await TestServer.with { server in
            for number in 1...5 {
                try await server.write(
                    "s", "cart/main", "{\"path\":\"/lines/s-\(number)/quantity\",\"add\":\(number)}"
                )
            }
            let answer = try await server.call(
                "GET", "/v1/streams/s/events", headers: [("Accept", "application/x-protobuf")])
            let pulled = try Protobuf.decode(Baton_V1_PullResponse.self, from: answer.body)
            var state = StreamState()
            for batch in pulled.batches {
                for (index, event) in batch.events.enumerated() {
                    let replica = try #require(ReplicaID(batch.replica))
                    let dot = Dot(replica, Counter(rawValue: batch.counter + UInt64(index)))
                    state.apply(
                        try Entry(event, dot: dot),
                        at: Offset(rawValue: batch.offset + UInt64(index)), schemas: server.schemas)
                }
            }
            #expect(StateHash(of: state).description == pulled.stateHash)

            let snapshot = try await server.call(
                "GET", "/v1/streams/s/snapshot", headers: [("Accept", "application/x-protobuf")])
            let message = try Protobuf.decode(Baton_V1_Snapshot.self, from: snapshot.body)
            let restored = try StreamState(message.state, offset: Offset(rawValue: message.offset))
            #expect(restored == state)
        }
    }

    @Test func `An Idempotency-Key makes a write happen once`() async throws {
        try await TestServer.with { server in
            let add = #"{"path":"/lines/A/quantity","add":1}"#
            let key = [("Idempotency-Key", "till-7-0001")]
            let first = try await server.write("s", "cart/main", add, headers: key)
            let again = try await server.write("s", "cart/main", add, headers: key)
            #expect(first.text.contains("ACCEPTED") && again.text.contains("DUPLICATE"))
            #expect(try await server.entity("s", "cart/main").contains(#""quantity":1"#))
            let other = try await server.write(
                "s", "cart/main", #"{"path":"/lines/A/quantity","add":2}"#, headers: key)
            #expect(other.status == 409 && other.problem == "idempotency-key-reused")
        }
    }

    @Test func `A write sent again is answered as the first time, though it no longer fits`()
        async throws
    {
        try await TestServer.with { server in
            let place = #"{"path":"/status","move":{"from":"","to":"placed"}}"#
            let key = [("Idempotency-Key", "till-7-0002")]
            let first = try await server.write("s", "order/o", place, headers: key)
            let again = try await server.write("s", "order/o", place, headers: key)
            #expect(first.text.contains("ACCEPTED") && again.text.contains("DUPLICATE"))
            #expect(again.json["head"] as? String == "1")
            // Without the key it is another write, and an order is not placed twice.
            let other = try await server.write("s", "order/o", place)
            #expect(other.problem == "schema-violation")
            let unknown = try await server.write(
                "s", "order/o", place, headers: [("Idempotency-Key", "till-7-0003")])
            #expect(unknown.problem == "schema-violation")
            #expect(
                try await server.call("GET", "/v1/streams/s/timeline").json["head"] as? Int == 1)
        }
    }

    @Test func `Many thin clients at once lose and double nothing`() async throws {
        try await TestServer.with { server in
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<40 {
                    tasks.addTask {
                        try await server.write(
                            "s", "cart/main", #"{"path":"/lines/A/quantity","add":1}"#,
                            headers: [("Idempotency-Key", "k\(number / 2)")]
                        ).status
                    }
                }
                for try await status in tasks { #expect(status == 200) }
            }
            #expect(try await server.entity("s", "cart/main").contains(#""quantity":20"#))
        }
    }

    @Test func `An entity has a tag, and its past can be read`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"one"}"#)
            server.clock.advance(60_000)
            try await server.write("s", "cart/main", #"{"path":"/note","set":"two"}"#)
            let path = "/v1/streams/s/entities/cart/main"
            let now = try await server.call("GET", path)
            #expect(now.headers["baton-offset"] == "2")
            let tag = try #require(now.headers["etag"])
            let same = try await server.call("GET", path, headers: [("If-None-Match", tag)])
            #expect(same.status == 304 && same.body.isEmpty)

            #expect(try await server.call("GET", path + "?at=1").text == #"{"note":"one"}"#)
            let moment = InstantFormat.text(milliseconds: time + 30_000)
            #expect(try await server.call("GET", path + "?at=\(moment)").text == #"{"note":"one"}"#)
            #expect(
                try await server.call("GET", path + "?at=yesterday").problem == "invalid-parameter")
        }
    }

    @Test func `The timeline tells the journey in order, page by page`() async throws {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#, channel: "app")
            try await server.write("s", "cart/main", #"{"path":"/note","set":"2"}"#, channel: "web")
            let first = try await server.call("GET", "/v1/streams/s/timeline?limit=1").json
            let entries = try #require(first["entries"] as? [[String: Any]])
            #expect(entries.map { $0["channel"] as? String } == ["app"])
            let next = try #require(first["next"] as? Int)
            let second = try await server.call("GET", "/v1/streams/s/timeline?after=\(next)").json
            #expect((second["entries"] as? [[String: Any]])?.first?["channel"] as? String == "web")
            #expect(second["next"] == nil)
        }
    }

    @Test func `A cursor of another log brings the whole state, not what follows its offset`()
        async throws
    {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let events = [device.event(seen: 0, time: time, note)]
            try await device.push(events + events, to: server)
            let pull = try await server.call("GET", "/v1/streams/s/events?after=another-1")
            let snapshot = try #require(pull.json["snapshot"] as? [String: Any])
            #expect(snapshot["offset"] as? String == "2")
            #expect(pull.json["batches"] == nil)
            #expect(pull.json["otherLog"] as? Bool == true)
            let own = try await server.call("GET", "/v1/streams/s/events")
            #expect(own.json["otherLog"] == nil)
        }
    }

    @Test func `What is pushed beside a cursor of another log is refused, and nothing is stored`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            let device = RawDevice(1, channel: "web", stream: "s")
            let events = (1...2).map { _ in device.event(seen: 0, time: time, note) }
                .joined(separator: ",")
            let replica = ReplicaID(high: 0, low: 7)
            for cursor in ["another-1", ""] {
                let answer = try await server.call(
                    "POST", "/v1/sync",
                    json: """
                        {"streams":[{"stream":"s","after":"\(cursor)","push":{\
                        "replica":"\(replica)","counter":"1","events":[\(events)]}}]}
                        """)
                let response = try Protobuf.decodeJSON(
                    Baton_V1_SyncResponse.self, from: answer.body)
                let result = try #require(response.streams.first)
                let isOther = !cursor.isEmpty
                #expect(result.pulled.otherLog == isOther)
                #expect(result.pushed.head == (isOther ? 1 : 3))
                #expect(
                    result.pushed.verdicts.map(\.code)
                        == (isOther ? ["unknown-context", "not-reached"] : ["", ""]))
            }
        }
    }

    @Test func `Health, readiness, metrics and schemas answer`() async throws {
        try await TestServer.with { server in
            #expect(try await server.call("GET", "/healthz", token: .some(nil)).status == 200)
            #expect(try await server.call("GET", "/readyz", token: .some(nil)).status == 200)
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            let metrics = try await server.call("GET", "/metrics", token: .some(nil)).text
            #expect(metrics.contains(#"baton_verdicts_total{verdict="accepted"} 1"#))
            let schemas = try await server.call("GET", "/v1/schemas").json["schemas"]
            #expect((schemas as? [[String: Any]])?.count == 4)
        }
    }
}

@Suite struct `Who may do what` {
    @Test func `Without a good token there is no answer`() async throws {
        try await TestServer.with { server in
            let expired = try await server.token(expiresIn: -3600)
            let forged = try await TokenKeys(
                jwks: TokenKeys.newSet(secret: [UInt8](repeating: 9, count: 32), id: "test")
            ).sign(
                TokenClaims(
                    tenant: TenantID("acme"), role: .operator, streams: ["*"],
                    expires: server.clock.now / 1000 + 60))
            for token in [nil, "", "x.y.z", expired, forged] {
                let answer = try await server.call(
                    "GET", "/v1/streams/s/snapshot", token: .some(token))
                #expect(answer.status == 401 && answer.problem == "unauthenticated")
            }
        }
    }

    @Test func `A token for other streams or another tenant learns nothing`() async throws {
        try await TestServer.with { server in
            try await server.write("cust-1", "cart/main", #"{"path":"/note","set":"1"}"#)
            let scoped = try await server.token(streams: ["cust-2*"])
            for stream in ["cust-1", "cust-unknown"] {
                let answer = try await server.call(
                    "GET", "/v1/streams/\(stream)/snapshot", token: .some(scoped))
                #expect(answer.status == 403 && answer.problem == "forbidden")
            }
            let other = try await server.token(tenant: "rival")
            let answer = try await server.call(
                "GET", "/v1/streams/cust-1/snapshot", token: .some(other))
            #expect(answer.problem == "stream-not-found")
        }
    }

    @Test func `A token for one replica pushes for no other`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let event = device.event(
                seen: 0, time: server.clock.now, #"{"entity":"cart/main","path":"/note","set":"x"}"#
            )
            let other = try await server.token(replica: ReplicaID(high: 5, low: 5))
            let refused = try await server.call(
                "POST", "/v1/streams/s/events", json: device.batch(from: 1, [event]),
                token: .some(other))
            #expect(refused.problem == "forbidden")
            let own = try await server.token(replica: device.replica)
            #expect(try await device.push([event], to: server, token: .some(own)).status == 200)
        }
    }

    @Test func `Nobody keeps an order in a state that nobody moved it to`() async throws {
        try await TestServer.with { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let customer = try await server.token(role: .customer)
            let time = server.clock.now
            let keep =
                #"{"entity":"order/o","path":"/status","keep":{"value":"refunded","replica":"\#(ReplicaID(high: 1, low: 2))","counter":"7","time":"\#(time - 5_000)"}}"#
            let pushed = try await phone.push(
                [
                    phone.event(
                        seen: 0, time: time,
                        #"{"entity":"order/o","path":"/status","move":{"from":"","to":"placed"}}"#),
                    phone.event(seen: 0, time: time, keep),
                ], to: server, token: customer)
            #expect(pushed.text.contains("ACCEPTED") && pushed.text.contains("schema-violation"))
            #expect(try await server.entity("s", "order/o").contains(#""status":"placed""#))
        }
    }

    @Test func `A customer may not collect, and the refusal stands in the log`() async throws {
        try await TestServer.with { server in
            try await server.write(
                "s", "order/o", #"{"path":"/status","move":{"from":"","to":"placed"}}"#)
            try await server.write(
                "s", "order/o", #"{"path":"/status","move":{"from":"placed","to":"ready"}}"#)
            let customer = try await server.token(role: .customer)
            let device = RawDevice(1, channel: "app", stream: "s")
            let answer = try await device.push(
                [
                    device.event(
                        seen: 2, time: server.clock.now,
                        #"{"entity":"order/o","path":"/status","move":{"from":"ready","to":"collected"}}"#
                    )
                ], to: server, token: .some(customer))
            #expect(answer.status == 403 && answer.problem == "not-permitted")
            #expect(try await server.entity("s", "order/o") == #"{"status":"ready"}"#)

            let pull = try await server.call("GET", "/v1/streams/s/events")
            let log = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: pull.body)
            #expect(log.head == 3)
            let last = try #require(log.batches.last)
            #expect(last.offset == 3 && last.replica == device.replica.description)
            #expect(last.counter == 1 && last.events.map(\.void.code) == ["not-permitted"])
            #expect(last.events.map(\.operations) == [[]])
        }
    }
}
