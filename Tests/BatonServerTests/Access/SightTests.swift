import AsyncHTTPClient
import BatonCore
import BatonLog
import BatonWire
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import BatonServer

/// What a role is shown of a stream (specification section 2.6): every role, every place that is hidden
/// from anybody, every call that is published.
@Suite struct `What is hidden from a role` {
    private let time: Int64 = 1_760_000_000_000
    private let path = "/v1/streams/cust-1"

    /// A server whose stream `cust-1` holds something at each hidden place, written twice at once; in
    /// `TYPE/only-ROLE` at those alone which are hidden from the role.
    private func withSecrets(
        limits: ServerLimits = ServerLimits(),
        _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        var limits = limits
        limits.requestsPerSecond = 10_000
        try await TestServer.with(limits: limits, schemas: HiddenPlaces.schemas) { server in
            for place in HiddenPlaces.all {
                for operation in place.operations {
                    try await write(place, operation, to: "main", of: server)
                }
            }
            for role in Role.allCases {
                for place in HiddenPlaces.hidden(from: role) {
                    try await write(
                        place, place.operations[0], to: "only-\(role.rawValue)", of: server)
                }
            }
            // An event of shown and of hidden places, and one that is refused and says where.
            let phone = RawDevice(1, channel: "app", stream: "cust-1")
            let pushed = try await phone.push(
                [
                    phone.event(
                        seen: 0, time: time,
                        #"{"entity":"locker/main","path":"/owner","set":"S3CRET-mixed-"},"#
                            + #"{"entity":"locker/main","path":"/label","set":"shown"}"#),
                    phone.event(
                        seen: 0, time: time,
                        #"{"entity":"locker/main","path":"/things/S3CRET-void-/title","set":1}"#),
                ], to: server, token: server.token(role: .customer))
            #expect(pushed.text.contains("ACCEPTED") && pushed.text.contains("schema-violation"))
            try await body(server)
        }
    }

    private func write(
        _ place: HiddenPlaces.Place, _ operation: String, to id: String, of server: TestServer
    ) async throws {
        let answer = try await server.write(
            "cust-1", "\(place.type)/\(id)", operation, seen: 0,
            token: server.token(role: place.writer))
        #expect(answer.status == 200, "\(place.name): \(answer.text)")
    }

    /// All that a call answers that tells of a stream; `nil` for a call that nobody has a recipe for.
    private func answers(
        _ call: PublishedCall, as role: Role, _ server: TestServer
    ) async throws -> [Answer]? {
        let token = try await server.token(role: role)
        let ids = ["main"] + Role.allCases.map { "only-\($0.rawValue)" }
        let names = HiddenPlaces.schemas.sorted.flatMap { schema in
            ids.map { "\(schema.type)/\($0)" }
        }
        func get(_ paths: [String]) async throws -> [Answer] {
            var answers: [Answer] = []
            for path in paths {
                answers.append(try await server.call("GET", path, token: token))
                answers.append(
                    try await server.call(
                        "GET", path, headers: [("Accept", "application/x-protobuf")], token: token))
            }
            return answers
        }
        func post(_ path: String, _ bodies: [String]) async throws -> [Answer] {
            var answers: [Answer] = []
            for body in bodies {
                answers.append(try await server.call("POST", path, json: body, token: token))
            }
            return answers
        }
        switch call.id {
        case "pull": return try await get(["\(path)/events", "\(path)/events?limit=3"])
        case "snapshot": return try await get(["\(path)/snapshot"])
        case "timeline": return try await get(["\(path)/timeline", "\(path)/timeline?at=40"])
        case "conflicts":
            return try await get(
                ["open", "settled", "all"].map { "\(path)/conflicts?status=\($0)" }
                    + names.map { "\(path)/conflicts?status=all&entity=\($0)" })
        case "readEntity":
            return try await get(
                names.flatMap { name in
                    ["", "?at=1000000", "?at=9", "?explain=true"].map {
                        "\(path)/entities/\(name)\($0)"
                    }
                })
        case "live", "liveOfSeveral":
            let query = call.id == "live" ? "" : "?stream=cust-1"
            return [
                try await listen(
                    server, call.path.replacing("{stream}", with: "cust-1") + query, token: token)
            ]
        case "sync":
            return try await post("/v1/sync", [#"{"streams":[{"stream":"cust-1"}]}"#])
        case "push":
            return try await pushes(role, server)
        case "writeEntity":
            var answers: [Answer] = []
            for place in HiddenPlaces.all where place.marks.count == 2 {
                let operation = place.operations[0].replacing("S3CRET", with: "mine")
                answers += try await post(
                    "\(path)/entities/\(place.type)/main", [#"{"operations":[\#(operation)]}"#])
            }
            return answers
        case "checkout": return try await post("\(path)/checkout", [#"{"cart":"main"}"#])
        case "adopt", "undoAdoption":
            let suffix = call.id == "adopt" ? "adopt" : "adopt/undo"
            return try await post("\(path)/\(suffix)", [#"{"from":"never"}"#])
        case "handOff", "claimHandoff", "handoffStatus":
            return try await claims(role, server)
        case "schemas", "health", "readiness", "metrics": return try await get([call.path])
        default: return nil
        }
    }

    /// A push to each hidden place, each an event of its own.
    private func pushes(_ role: Role, _ server: TestServer) async throws -> [Answer] {
        let device = RawDevice(
            UInt64(100 + (Role.allCases.firstIndex(of: role) ?? 0)), channel: "store",
            stream: "cust-1")
        let events = HiddenPlaces.hidden(from: role).map { place in
            let operation = place.operations[0].replacing("S3CRET", with: "mine").dropFirst()
            return device.event(
                seen: 5, time: time, #"{"entity":"\#(place.type)/main",\#(operation)"#)
        }
        guard !events.isEmpty else { return [] }
        let answer = try await device.push(
            events, to: server, token: server.token(role: role))
        #expect(answer.text.components(separatedBy: "not-permitted").count > events.count)
        #expect(!answer.text.contains("ACCEPTED"), "\(answer.text)")
        return [answer]
    }

    /// What is shown to one who claims a hand-off of everything with a token of the role.
    private func claims(_ role: Role, _ server: TestServer) async throws -> [Answer] {
        let made = try await server.call(
            "POST", "/v1/handoffs", json: #"{"stream":"cust-1","entities":["*"]}"#,
            token: server.token(role: .operator))
        let code = try #require(made.json["code"] as? String)
        let claimed = try await server.call(
            "POST", "/v1/handoffs/claim", json: #"{"code":"\#(code)"}"#,
            token: server.token(role: role))
        let token = try #require(claimed.json["token"] as? String)
        return [
            made, claimed, try await server.call("GET", "\(path)/events", token: token),
            try await server.call("GET", "\(path)/snapshot", token: token),
        ]
    }

    /// What a live answer begins with.
    private func listen(
        _ server: TestServer, _ path: String, token: String
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        var text = ""
        for try await buffer in response.body {
            text += String(buffer: buffer)
            if text.contains("stateHash"), text.hasSuffix("\n\n") { break }
        }
        return Answer(status: Int(response.status.code), headers: [:], body: Array(text.utf8))
    }

    @Test func `There is something to hide from all but operators, of every rule`() throws {
        for role in Role.allCases {
            #expect(HiddenPlaces.hidden(from: role).isEmpty == (role == .operator))
        }
        let rules = try HiddenPlaces.all.map { place in
            try #require(HiddenPlaces.schemas[place.type]?.place(at: place.path)).rule.name
        }
        #expect(Set(rules) == ["register", "count", "set", "log", "workflow"])
        #expect(HiddenPlaces.all.contains { $0.type == "profile" })
        #expect(HiddenPlaces.schemas.sorted.allSatisfy { $0.problems.isEmpty })
    }

    @Test(arguments: Role.allCases, [256, 4] as [UInt64])
    func `No call shows it, and each that may shows the rest`(
        role: Role, eventsPerSnapshot: UInt64
    ) async throws {
        var limits = ServerLimits()
        limits.eventsPerSnapshot = eventsPerSnapshot
        try await withSecrets(limits: limits) { server in
            let hidden = HiddenPlaces.hidden(from: role)
            let shown = HiddenPlaces.all.filter { place in
                !hidden.contains { $0.name == place.name }
            }
            var all = ""
            for call in PublishedCall.all {
                let answers = try #require(
                    try await answers(call, as: role, server), "\(call) has no recipe")
                for answer in answers {
                    #expect(answer.status != 429 && answer.status < 500, "\(call)")
                    for place in hidden {
                        for mark in place.marks where answer.text.contains(mark) {
                            // The schema, which is everybody's, names the states of a workflow.
                            if call.id == "schemas", mark.hasSuffix("t-") { continue }
                            Issue.record("\(call) shows \(place.name) to \(role): \(answer.text)")
                        }
                    }
                    if !hidden.isEmpty { #expect(!answer.text.contains("S3CRET-void-"), "\(call)") }
                    if hidden.contains(where: { $0.name == "locker/owner" }) {
                        #expect(!answer.text.contains("S3CRET-mixed-"), "\(call)")
                    }
                    if call.id != "schemas" { all += answer.text }
                }
            }
            for place in shown {
                for mark in place.marks { #expect(all.contains(mark), "\(place.name)") }
            }
            #expect(all.contains("shown"))
        }
    }

    @Test(arguments: Role.allCases)
    func `An entity of which all is hidden is as one that does not exist`(
        role: Role
    ) async throws {
        try await withSecrets { server in
            let token = try await server.token(role: role)
            for type in Set(HiddenPlaces.hidden(from: role).map(\.type)).sorted() {
                for (method, suffix) in [
                    ("GET", "entities/NAME"), ("GET", "entities/NAME?at=1000000"),
                    ("GET", "entities/NAME?explain=true"),
                    ("GET", "entities/NAME?explain=true&path=/owner"),
                    ("GET", "conflicts?status=all&entity=NAME"), ("POST", "entities/NAME"),
                ] {
                    var told: Set<String> = []
                    for id in ["only", "none"] {
                        let name = "\(type)/\(id)-\(role.rawValue)"
                        let hidden = try #require(
                            HiddenPlaces.hidden(from: role).first { $0.type == type })
                        let answer = try await server.call(
                            method, "\(path)/\(suffix.replacing("NAME", with: name))",
                            json: method == "POST"
                                ? #"{"operations":[\#(hidden.operations[0])]}"# : nil,
                            token: token)
                        var headers = answer.headers
                        headers["date"] = nil
                        told.insert(
                            "\(answer.status) \(headers.sorted { $0.key < $1.key }) "
                                + answer.text.replacing("\(id)-", with: "-"))
                    }
                    #expect(told.count == 1, "\(method) \(suffix) of \(type): \(told)")
                }
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `What is pulled folds to what is shown, with the hash of that`(role: Role) async throws {
        try await withSecrets { server in
            let token = try await server.token(role: role)
            let whole = try Protobuf.decodeJSON(
                Baton_V1_Snapshot.self,
                from: try await server.call(
                    "GET", "\(path)/snapshot", token: server.token(role: .operator)
                ).body)
            let expected = Sight(of: role, under: HiddenPlaces.schemas).shown(
                try StreamState(whole.state, offset: Offset(rawValue: whole.offset)))
            var state = StreamState()
            var cursor = ""
            var hash = ""
            repeat {
                let answer = try await server.call(
                    "GET", "\(path)/events?limit=7&after=\(cursor)", token: token)
                let pull = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: answer.body)
                for batch in pull.batches {
                    let replica = try #require(ReplicaID(batch.replica))
                    for (index, event) in batch.events.enumerated() {
                        let dot = Dot(replica, Counter(rawValue: batch.counter + UInt64(index)))
                        let outcome = state.apply(
                            try Entry(event, dot: dot), at: state.offset.next,
                            schemas: HiddenPlaces.schemas)
                        #expect(outcome == .applied)
                    }
                }
                cursor = pull.cursor
                hash = pull.stateHash
            } while hash.isEmpty
            #expect(state == expected)
            #expect(StateHash(of: state).description == hash)
            #expect(state.vector == expected.vector && state.offset.rawValue == whole.offset)
            let snapshot = try Protobuf.decodeJSON(
                Baton_V1_Snapshot.self,
                from: try await server.call("GET", "\(path)/snapshot", token: token).body)
            #expect(snapshot.stateHash == hash)
            // The hash of what is hidden could be guessed at.
            let sees = HiddenPlaces.hidden(from: role).isEmpty
            #expect((snapshot.stateHash == whole.stateHash) == sees)
        }
    }

    @Test func `A hash that roles share follows the log`() async throws {
        try await withSecrets { server in
            let token = try await server.token(role: .kiosk)
            func hash() async throws -> String {
                let answer = try await server.call("GET", "\(path)/events", token: token)
                return try #require(answer.json["stateHash"] as? String)
            }
            let before = try await hash()
            #expect(try await hash() == before)
            try await server.write(
                "cust-1", "locker/main", #"{"path":"/owner","set":"x"}"#,
                token: server.token(role: .operator))
            #expect(try await hash() == before)
            try await server.write("cust-1", "locker/main", #"{"path":"/label","set":"y"}"#)
            #expect(try await hash() != before)
        }
    }
}
