import BatonCore
import BatonLog
import Foundation
import Hummingbird
import Testing

@testable import BatonServer

/// Every published call, by every role, on what is its own and on what is another's.
@Suite struct `Every call, every role, own and other` {
    /// What stands in others' streams and must be in no answer.
    private static let secret = "S3CRET"

    /// A request, as a call makes it of the stream and entity that it is about.
    private struct Ask {
        let path: String
        var json: String?
    }

    /// How each call asks for a stream; `nil` for one that nobody has written a recipe for.
    private static func ask(
        _ call: PublishedCall, _ stream: String, entity: String = "cart/main", time: Int64,
        handoff: String = "h"
    ) -> Ask? {
        let path = call.path.replacing("{stream}", with: stream)
            .replacing("{type}/{id}", with: entity).replacing("{id}", with: handoff)
        let event =
            #"{"time":"\#(time)","channel":"web","operations":[{"entity":"\#(entity)","path":"/note","set":"x"}]}"#
        let replica = String(repeating: entity == "cart/main" ? "0c" : "0d", count: 16)
        let batch = #"{"replica":"\#(replica)","counter":"1","events":[\#(event)]}"#
        switch call.id {
        case "push": return Ask(path: path, json: #"{"batch":\#(batch)}"#)
        case "sync":
            return Ask(path: path, json: #"{"streams":[{"stream":"\#(stream)","push":\#(batch)}]}"#)
        case "liveOfSeveral": return Ask(path: "\(path)?stream=\(stream)")
        case "pull", "live", "snapshot", "readEntity", "timeline", "conflicts", "schemas",
            "handoffStatus", "health", "readiness", "metrics":
            return Ask(path: path)
        case "writeEntity":
            return Ask(path: path, json: #"{"operations":[{"path":"/note","set":"x"}]}"#)
        case "checkout":
            return Ask(path: path, json: #"{"cart":"\#(entity.split(separator: "/")[1])"}"#)
        case "adopt", "undoAdoption": return Ask(path: path, json: #"{"from":"anon-\#(stream)"}"#)
        case "handOff":
            return Ask(path: path, json: #"{"stream":"\#(stream)","entities":["\#(entity)"]}"#)
        case "claimHandoff": return Ask(path: path, json: #"{"code":"AAAA-AAAA"}"#)
        default: return nil
        }
    }

    /// Calls that go on: their heads say all that there is to say here.
    private static let endless = ["live", "liveOfSeveral"]

    private static func answer(
        _ server: TestServer, _ call: PublishedCall, _ ask: Ask, token: String?
    ) async throws -> Answer {
        guard endless.contains(call.id) else {
            return try await server.call(call.method, ask.path, json: ask.json, token: .some(token))
        }
        return try await server.beginning(call.method, ask.path, token: token)
    }

    /// Each published call, but those that anybody may make.
    private static var guarded: [PublishedCall] { PublishedCall.all.filter { !$0.isOpen } }

    @Test func `The document's calls are those that are served, and each has a recipe here`()
        async throws
    {
        #expect(PublishedCall.all.count >= 20)
        #expect(Set(PublishedCall.all.map(\.id)).count == PublishedCall.all.count)
        for call in PublishedCall.all {
            #expect(Self.ask(call, "s", time: 0) != nil, "\(call) has no recipe")
            let path = call.path.replacing("{type}/{id}", with: "a/b")
                .replacing("{stream}", with: "s").replacing("{id}", with: "i")
            #expect(CallTable.methods(of: path).contains(call.method), "\(call) is not served")
        }
        // What the router serves, whoever wrote it there.
        try await TestServer.with { server in
            let served = Set(server.service.router().routes.map { "\($0.method) \($0.path)" })
            let published = Set(PublishedCall.all.map { "\($0.method) \($0.path)" })
            #expect(served == published)
        }
        #expect(
            Set(PublishedCall.all.filter(\.isOpen).map(\.id))
                == ["claimHandoff", "health", "readiness", "metrics"])
        for path in CallTable.paths {
            let known = PublishedCall.all.contains { call in
                call.path.replacing(/\{[a-z]+\}/, with: "*") == path
            }
            #expect(known, "\(path) is served and not published")
        }
    }

    @Test func `Without a token, or with a bad one, there is one answer to all`() async throws {
        try await TestServer.with { server in
            var bodies: Set<String> = []
            for call in Self.guarded {
                let ask = try #require(Self.ask(call, "s", time: server.clock.now))
                for token in [nil, "x.y.z"] {
                    let answer = try await Self.answer(server, call, ask, token: token)
                    #expect(answer.status == 401, "\(call)")
                    Self.expectNothingForBrowsers(answer, "\(call)")
                    bodies.insert(answer.text)
                }
            }
            #expect(bodies.count == 2)
            for call in PublishedCall.all where call.isOpen {
                let ask = try #require(Self.ask(call, "s", time: server.clock.now))
                #expect(
                    try await Self.answer(server, call, ask, token: nil).status != 401, "\(call)")
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `What is one's own is answered`(role: Role) async throws {
        try await TestServer.with { server in
            for (number, call) in Self.guarded.enumerated() {
                let stream = "own-\(number)"
                for name in [stream, "anon-\(stream)"] {
                    try await server.write(
                        name, "cart/main", #"{"path":"/lines/a/quantity","add":1}"#)
                }
                let token = try await server.token(role: role, streams: [stream, "anon-\(stream)"])
                let ask = try #require(Self.ask(call, stream, time: server.clock.now))
                let answer = try await Self.answer(server, call, ask, token: token)
                Self.expectNothingForBrowsers(answer, "\(call)")
                switch call.id {
                // There is no such hand-off, and no adoption yet.
                case "handoffStatus", "undoAdoption":
                    #expect(answer.status == 404, "\(call): \(answer.text)")
                default:
                    #expect(answer.status == 200 || answer.status == 201, "\(call): \(answer.text)")
                }
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `Another's stream, of the tenant or of another one, is as one that does not exist`(
        role: Role
    ) async throws {
        try await TestServer.with { server in
            let secret = #"{"path":"/note","set":"\#(Self.secret)"}"#
            for (number, call) in Self.guarded.enumerated() {
                let (there, nowhere) = ("there-\(number)", "never-\(number)")
                for tenant in ["acme", "rival"] {
                    let owner = try await server.token(tenant: tenant)
                    for name in [there, "anon-\(there)"] {
                        try await server.write(
                            tenant == "acme" ? "acme-\(name)" : name, "cart/main", secret,
                            token: .some(owner))
                    }
                }
                // Another customer of the same tenant: outside of the token's streams.
                let narrow = try await server.token(role: role, streams: ["mine", "mine-*"])
                try await Self.expectSame(
                    server, call, "acme-\(there)", "acme-\(nowhere)", token: narrow)
                // Another tenant: its streams have the names that this token covers.
                let wide = try await server.token(role: role)
                try await Self.expectSame(server, call, there, nowhere, token: wide)
                let entities = try await server.token(
                    role: role, streams: ["acme-\(there)"], entities: ["order/*"])
                try await Self.expectHidden(server, call, "acme-\(there)", token: entities)
            }
            // Nothing of what was asked has reached the others.
            let rival = try await server.token(tenant: "rival")
            for number in Self.guarded.indices {
                let cart = try await server.call(
                    "GET", "/v1/streams/there-\(number)/entities/cart/main", token: .some(rival))
                #expect(cart.text == #"{"note":"\#(Self.secret)"}"#)
                let mine = try await server.entity("acme-there-\(number)", "cart/main")
                #expect(mine == #"{"note":"\#(Self.secret)"}"#)
            }
        }
    }

    /// How long an answer takes tells nothing either: nothing is looked up before it is refused, so that it takes
    /// the same whether there is something or not.
    @Test(arguments: Role.allCases)
    func `The log is not asked of a stranger's stream, of the tenant or of another one`(
        role: Role
    ) async throws {
        let engine = AskedLog()
        try await TestServer.with(engine: engine) { server in
            let rival = try TenantID("rival")
            for (number, call) in Self.guarded.enumerated() {
                let name = "there-\(number)"
                for tenant in ["acme", "rival"] {
                    let owner = try await server.token(tenant: tenant)
                    for stream in [name, "anon-\(name)"] {
                        try await server.write(
                            stream, "cart/main", #"{"path":"/note","set":"x"}"#, token: .some(owner)
                        )
                    }
                }
                #expect(!engine.take().isEmpty)
                let narrow = try await server.token(role: role, streams: ["mine", "mine-*"])
                let ask = try #require(Self.ask(call, name, time: server.clock.now))
                _ = try await Self.answer(server, call, ask, token: narrow)
                let sought = engine.take().filter { $0.stream.description.hasSuffix(name) }
                #expect(sought.isEmpty, "\(call): \(sought)")
                let wide = try await server.token(role: role)
                _ = try await Self.answer(server, call, ask, token: wide)
                let foreign = engine.take().filter { $0.tenant == rival }
                #expect(foreign.isEmpty, "\(call): \(foreign)")
            }
        }
    }

    /// Every answer says that it is data, and names no origin that may read it: none was configured.
    private static func expectNothingForBrowsers(_ answer: Answer, _ call: String) {
        #expect(answer.headers["x-content-type-options"] == "nosniff", "\(call)")
        let policy = answer.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'"), "\(call)")
        #expect(answer.headers["referrer-policy"] == "no-referrer", "\(call)")
        #expect(answer.headers["cache-control"] != nil, "\(call)")
        #expect(answer.headers["access-control-allow-origin"] == nil, "\(call)")
    }

    @Test(arguments: Role.allCases)
    func `Another's hand-off is as one that nobody made`(role: Role) async throws {
        try await TestServer.with { server in
            let made = try await server.call(
                "POST", "/v1/handoffs", json: #"{"stream":"theirs","entities":["cart/main"]}"#)
            let id = try #require(made.json["id"] as? String)
            func status(_ id: String, _ token: String) async throws -> Answer {
                try await server.call("GET", "/v1/handoffs/\(id)", token: token)
            }
            #expect(try await status(id, server.token(streams: ["theirs"])).status == 200)
            for token in [
                try await server.token(role: role, streams: ["mine", "mine-*"]),
                try await server.token(role: role, tenant: "rival"),
                try await server.token(role: role, streams: ["theirs"], entities: ["cart/*"]),
            ] {
                let other = try await status(id, token)
                let none = try await status(String(repeating: "0", count: id.count), token)
                #expect(other.status == 404 && none.status == 404)
                #expect(other.text == none.text)
            }
        }
    }

    /// Asks for a stream that is there for others, and for one that is not there for anybody.
    private static func expectSame(
        _ server: TestServer, _ call: PublishedCall, _ there: String, _ nowhere: String,
        token: String
    ) async throws {
        var answers: [Answer] = []
        for name in [there, nowhere] {
            let ask = try #require(Self.ask(call, name, time: server.clock.now))
            answers.append(try await answer(server, call, ask, token: token))
        }
        #expect(answers[0].status == answers[1].status, "\(call)")
        #expect(!answers[0].text.contains(secret), "\(call): \(answers[0].text)")
        guard answers[0].status >= 400 else { return }
        #expect(
            answers[0].text.replacing(there, with: nowhere) == answers[1].text,
            "\(call): \(answers[0].text) \(answers[1].text)")
        let names = answers.map { Set($0.headers.keys) }
        #expect(names[0] == names[1], "\(call)")
    }

    /// Asks for an entity that the token does not cover, and for one that does not exist.
    private static func expectHidden(
        _ server: TestServer, _ call: PublishedCall, _ stream: String, token: String
    ) async throws {
        var texts: [String] = []
        for entity in ["cart/main", "cart/none"] {
            let ask = try #require(Self.ask(call, stream, entity: entity, time: server.clock.now))
            let answer = try await answer(server, call, ask, token: token)
            #expect(!answer.text.contains(secret), "\(call): \(answer.text)")
            guard answer.status >= 400 else { continue }
            let text = answer.text.replacing(entity, with: "E")
            texts.append("\(answer.status) \(text.replacing(/"(offset|head)":"[0-9]+"/, with: ""))")
        }
        #expect(Set(texts).count <= 1, "\(call): \(texts)")
    }
}
