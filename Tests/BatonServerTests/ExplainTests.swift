import BatonCore
import BatonLog
import Foundation
import Testing

@testable import BatonServer

/// `GET …/entities/{type}/{id}?explain=true`, conflicts and the timeline, over HTTP.
@Suite struct `An explanation` {
    private func fields(_ answer: Answer) throws -> [[String: Any]] {
        try #require(answer.json["fields"] as? [[String: Any]])
    }

    private func explain(
        _ server: TestServer, _ query: String = "", role: Role = .customer
    ) async throws -> Answer {
        try await server.call(
            "GET", "/v1/streams/c/entities/cart/main?explain=true\(query)",
            token: server.token(role: role))
    }

    @Test func `tells who wrote what and what decided, now and in the past`() async throws {
        try await TestServer.with { server in
            try await server.write(
                "c", "cart/main", #"{"path":"/lines/A/quantity","set":1}"#, channel: "app")
            for (quantity, channel) in [(3, "web"), (5, "store")] {
                server.clock.advance(1_000)
                try await server.write(
                    "c", "cart/main", "{\"path\":\"/lines/A/quantity\",\"set\":\(quantity)}",
                    seen: 1, channel: channel)
            }
            try await server.write(
                "c", "cart/main", #"{"path":"/note","set":"ring twice"}"#, channel: "app")

            let answer = try await explain(server, "&path=/lines")
            #expect(answer.headers["baton-offset"] == "4")
            let places = try fields(answer)
            #expect(places.map { $0["path"] as? String } == ["/lines/A/quantity"])
            let place = try #require(places.first)
            #expect(place["summary"] as? String == "base 5 (max of 3 and 5)")
            #expect(place["value"] as? Int == 5)
            let writes = try #require(place["writes"] as? [[String: Any]])
            #expect(
                writes.map { $0["part"] as? String } == ["superseded", "overruled", "decides"])
            #expect(writes.map { $0["channel"] as? String } == ["app", "web", "store"])
            #expect(writes.map { $0["offset"] as? Int } == [1, 2, 3])
            #expect(writes.map { ($0["concurrent"] as? [Any])?.count } == [0, 1, 1])

            let past = try await explain(server, "&path=/lines&at=2")
            #expect(try fields(past).first?["summary"] as? String == "base 3")
            #expect(try fields(past).first?["value"] as? Int == 3)
            #expect(try fields(try await explain(server)).count == 2)
        }
    }

    @Test func `is refused where there is nothing to tell, or nothing to read`() async throws {
        try await TestServer.with { server in
            #expect(try await explain(server).problem == "stream-not-found")
            try await server.write("c", "cart/main", #"{"path":"/note","set":"x"}"#)
            #expect(try await explain(server, "&path=/lines").problem == "entity-not-found")
            #expect(try await explain(server, "&path=lines").problem == "invalid-parameter")
            let odd = try await server.call(
                "GET", "/v1/streams/c/entities/cart/main?explain=yes")
            #expect(odd.problem == "invalid-parameter")
            // An entity that is gone is told of as long as the log knows it.
            try await server.write("c", "cart/main", #"{"path":"/lines/A/quantity","add":1}"#)
            try await server.write("c", "cart/main", #"{"path":"/lines","remove":"A"}"#)
            let gone = try fields(try await explain(server, "&path=/lines/A"))
            #expect(
                (gone.first?["summary"] as? String)?.hasPrefix("nothing lives here") == true)
        }
    }

    @Test func `says what compaction has left of a history`() async throws {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            for quantity in [1, 2] {
                try await server.write(
                    "c", "cart/main", "{\"path\":\"/lines/A/quantity\",\"set\":\(quantity)}")
            }
            let key = try StreamKey(tenant: TenantID("acme"), stream: StreamID("c"))
            let states = StateCache(
                engine: engine, schemas: server.schemas, limits: ServerLimits())
            let stored = try await states.store(states.state(of: key), for: key)
            #expect(stored.snapshotOffset.rawValue > 0)
            try await engine.store(
                #require(try await engine.snapshot(of: key)), as: .base, for: key)
            _ = try await engine.compact(key, through: Offset(rawValue: 2))
            try await server.write("c", "cart/main", #"{"path":"/lines/A/quantity","add":5}"#)

            let answer = try await explain(server)
            #expect(answer.json["horizon"] as? Int == 2)
            let place = try #require(try fields(answer).first)
            #expect(place["value"] as? Int == 7)
            let writes = try #require(place["writes"] as? [[String: Any]])
            // The first set was superseded below the horizon: nobody remembers it.
            #expect(writes.map { $0["part"] as? String } == ["decides", "contributes"])
            #expect(writes.map { $0["compacted"] as? Bool } == [true, false])
            #expect(writes.map { $0["offset"] as? Int } == [2, 3])
            #expect(writes.map { $0["channel"] as? String } == [nil, "store"])
        }
    }

    @Test func `and conflicts and timeline hide from a role what the schema redacts`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("c", "cart/main", #"{"path":"/note","set":"x"}"#)
            for street in ["Elm Lane 1", "Oak Lane 2"] {
                server.clock.advance(10)
                try await server.write(
                    "c", "profile/main",
                    "{\"path\":\"/addresses/home/street\",\"set\":\"\(street)\"}", seen: 1)
            }
            for path in [
                "entities/profile/main?explain=true", "conflicts", "timeline",
                "conflicts?entity=profile/main",
            ] {
                func text(_ role: Role) async throws -> String {
                    try await server.call(
                        "GET", "/v1/streams/c/\(path)", token: server.token(role: role)
                    ).text
                }
                let (open, hidden) = (try await text(.customer), try await text(.associate))
                #expect(open.contains("Elm Lane 1") && open.contains("Oak Lane 2"), "\(open)")
                #expect(!hidden.contains("Lane"), "\(hidden)")
                #expect(hidden.contains(#"{"redacted":true}"#), "\(hidden)")
            }
            let none = try await server.call("GET", "/v1/streams/c/conflicts?entity=cart/main")
            #expect(none.text == #"{"conflicts":[]}"#)
            let odd = try await server.call("GET", "/v1/streams/c/conflicts?entity=cart")
            #expect(odd.problem == "invalid-name")
            // Plain reads are no list of decisions.
            #expect(try await server.entity("c", "profile/main").contains("Oak Lane 2"))
        }
    }
}
