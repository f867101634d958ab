import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// Adoptions of more than an event holds, and what every reader makes of them (specification section 10.5).
@Suite struct `A large adoption` {
    private let time: Int64 = 1_760_000_000_000

    private func ask(
        _ call: String, on server: TestServer, from: String = "anon-1", of stream: String = "cust-1"
    ) async throws -> Answer {
        try await server.call(
            "POST", "/v1/streams/\(stream)/\(call)", json: "{\"from\":\"\(from)\"}")
    }

    private func outcome(_ answer: Answer) -> String? {
        (answer.json["verdict"] as? [String: Any])?["outcome"] as? String
    }

    /// Devices that know nothing of each other push these operations into the anonymous stream, each as one event.
    private func push(
        _ events: [[String]], to server: TestServer, stream: String = "anon-1",
        from first: UInt64 = 1
    ) async throws {
        for (number, operations) in events.enumerated() {
            let device = RawDevice(first + UInt64(number), channel: "app", stream: stream)
            let event = device.event(
                seen: 0, time: time + Int64(number), operations.joined(separator: ","))
            #expect(try await device.push([event], to: server).status == 200)
        }
    }

    private func operation(_ entity: String, _ path: String, _ action: String) -> String {
        "{\"entity\":\"\(entity)\",\"path\":\"\(path)\",\(action)}"
    }

    private func attributes(_ names: Range<Int>, of entity: String = "cart/main") -> [String] {
        names.map { operation(entity, "/lines/tea/attributes/k\($0)", #""set":"v""#) }
    }

    private func key(_ stream: String) throws -> StreamKey {
        StreamKey(tenant: try TenantID("acme"), stream: try StreamID(stream))
    }

    /// What a reader that has only the log makes of the adopting stream. Each event has the form that it has to.
    private func folded(
        _ server: TestServer, schemas: SchemaSet = BuiltinSchemas.all
    ) async throws -> StreamState {
        for call in ["snapshot", "events"] {
            #expect(try await server.call("GET", "/v1/streams/cust-1/\(call)").status == 200)
        }
        var state = StreamState()
        var isWhole = false
        while !isWhole {
            let slice = try await server.engine.read(
                key("cust-1"), after: state.offset, limit: ReadLimit(events: 999, bytes: 1 << 20))
            for entry in try slice.chunks.flatMap({ try ChunkEntries.read($0) }) {
                if case .event(let event) = entry {
                    #expect(event.malformation == nil)
                    #expect(event.encoded.count <= ProtocolLimits.eventBytes)
                }
                state.apply(entry, at: state.offset.next, schemas: schemas)
            }
            isWhole = slice.chunks.isEmpty
        }
        return state
    }

    private func count(_ path: String, of entity: String, in state: StreamState) throws -> Int? {
        let path = try #require(FieldPath(pointer: path))
        switch try state.entities[EntityID(entity)]?.root.node(at: path) {
        case .log(let leaf)?: return leaf.facts.count
        case .set(let leaf)?: return leaf.elements.count
        case .branch(let children)?: return children.count
        default: return nil
        }
    }

    @Test(arguments: [(1_002, 3), (40, 4_000)])
    func `A journey of more facts, or bytes, than an event holds is adopted whole, and once`(
        facts: Int, length: Int
    ) async throws {
        try await TestServer.with { server in
            let texts = (0..<facts).map { number in
                let text = "\(number)"
                return text + String(repeating: "x", count: max(0, length - text.count))
            }
            for start in stride(from: 0, to: facts, by: max(1, 40_000 / max(length, 80))) {
                let end = min(facts, start + max(1, 40_000 / max(length, 80)))
                let appends = texts[start..<end].map { #"{"path":"/journey","append":"\#($0)"}"# }
                let answer = try await server.write(
                    "anon-1", "profile/me", appends.joined(separator: ","))
                #expect(answer.status == 200)
            }
            let before = try await server.entity("anon-1", "profile/me")
            let first = try await ask("adopt", on: server)
            #expect(first.status == 200, "\(first.text)")
            #expect(try await outcome(ask("adopt", on: server)) == "DUPLICATE")
            #expect(try await server.entity("cust-1", "profile/me") == before)
            #expect(
                try await count("/journey", of: "profile/me", in: folded(server)) == facts)
            // Facts stay, and are not brought again.
            #expect(try await outcome(ask("adopt/undo", on: server)) == "ACCEPTED")
            #expect(try await outcome(ask("adopt", on: server)) == "ACCEPTED")
            #expect(try await server.entity("cust-1", "profile/me") == before)
        }
    }

    @Test func `What no schema knows is adopted however much it is`() async throws {
        let wishes = Schema(
            type: "wish-list", version: 1, fields: [Field("items", .set(.text(longest: 64)))])
        let later = SchemaSet(BuiltinSchemas.all.sorted + [wishes])
        try await TestServer.with { server in
            try await push(
                [0..<600, 600..<1_200].map { numbers in
                    numbers.map { operation("wish-list/w", "/items", #""add":"i\#($0)""#) }
                }, to: server)
            #expect(try await ask("adopt", on: server).status == 200)
            #expect(try await outcome(ask("adopt", on: server)) == "DUPLICATE")
            let kept = try await folded(server).entities[EntityID("wish-list/w")]?.unknown
            #expect(kept?.count == 1_200)
            let known = try await folded(server, schemas: later)
            #expect(try count("/items", of: "wish-list/w", in: known) == 1_200)
            // Nor does it come twice where it is adopted anew.
            #expect(try await ask("adopt/undo", on: server).status == 200)
            #expect(try await ask("adopt", on: server).status == 200)
            #expect(
                try await folded(server).entities[EntityID("wish-list/w")]?.unknown.count == 1_200)
        }
    }

    @Test func `A set of more elements than an event takes out is as it was after the undo`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("cust-1", "profile/me", #"{"path":"/tags","add":"vip"}"#)
            try await push(
                [0..<600, 600..<1_200].map { numbers in
                    numbers.map { operation("profile/me", "/tags", #""add":"t\#($0)""#) }
                }, to: server)
            #expect(try await ask("adopt", on: server).status == 200)
            #expect(try await count("/tags", of: "profile/me", in: folded(server)) == 1_201)
            #expect(try await outcome(ask("adopt/undo", on: server)) == "ACCEPTED")
            #expect(try await outcome(ask("adopt/undo", on: server)) == "DUPLICATE")
            #expect(try await server.entity("cust-1", "profile/me") == #"{"tags":["vip"]}"#)
            #expect(try await count("/tags", of: "profile/me", in: folded(server)) == 1)
        }
    }

    @Test func `A map entry larger than an event is shared by several, which keep what was there`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write(
                "cust-1", "cart/main", #"{"path":"/lines/tea/title","set":"Tea"}"#)
            try await push([attributes(0..<600), attributes(600..<1_200)], to: server)
            #expect(try await ask("adopt", on: server).status == 200)
            let adopted = try await server.entity("cust-1", "cart/main")
            #expect(
                try await count("/lines/tea/attributes", of: "cart/main", in: folded(server))
                    == 1_200)
            // A till that had seen none of it removes the line: it stays, whole.
            try await server.write(
                "cust-1", "cart/main", #"{"path":"/lines","remove":"tea"}"#, seen: 1)
            #expect(try await server.entity("cust-1", "cart/main") == adopted)
            #expect(try await outcome(ask("adopt/undo", on: server)) == "ACCEPTED")
            // Nothing of it was left but what the adoption had kept.
            #expect(try await server.entity("cust-1", "cart/main").contains("entity-not-found"))
            #expect(try await folded(server).entities[EntityID("cart/main")] == nil)
        }
    }

    @Test func `A small adoption is one event: its record, what it brings, and its keeps`()
        async throws
    {
        try await TestServer.with { server in
            let line = #"{"path":"/lines/tea/title","set":"Tea"}"#
            try await server.write("cust-1", "cart/main", line)
            try await push(
                [
                    attributes(0..<3) + [
                        operation("profile/me", "/tags", #""add":"vip""#),
                        operation("profile/me", "/journey", #""append":"came""#),
                        operation("wish-list/w", "/items", #""add":"lamp""#),
                    ]
                ], to: server)
            let adoption = StreamAdoption(
                source: try StreamID("anon-1"), target: try StreamID("cust-1"))
            let states = StateCache(
                engine: server.engine, schemas: TenantSchemas(BuiltinSchemas.all),
                limits: ServerLimits())
            let (old, own) = try await (
                states.state(of: key("anon-1")).state, states.state(of: key("cust-1")).state
            )
            #expect(try await ask("adopt", on: server).status == 200)
            let slice = try await server.engine.read(
                key("cust-1"), after: own.offset, limit: ReadLimit(events: 9, bytes: 1 << 20))
            let entries = try slice.chunks.flatMap { try ChunkEntries.read($0) }
            guard entries.count == 1, case .event(let event)? = entries.first else {
                throw TestFailure("\(entries.count) events")
            }
            let brought =
                [adoption.record(old.offset.next)]
                + own.adopting(
                    old, by: adoption.replica, schemas: BuiltinSchemas.all, apart: adoption.apart
                ).joined()
            #expect(brought.count == 7)
            let keeps = own.adoptionKeeps(for: brought, schemas: BuiltinSchemas.all)
            #expect(keeps.count == 1)
            #expect(event.operations == brought + keeps)
        }
    }

    @Test func `What one of the events writes over, another does not keep`() async throws {
        let bag = Schema(
            type: "bag", version: 1,
            fields: [
                Field(
                    "lines",
                    .map(
                        .record(
                            Record([
                                Field(
                                    "attributes",
                                    .map(.register(.text(longest: 9), .latest))),
                                Field(
                                    "about", .register(.text(longest: 9), .latest),
                                    adoption: .replace),
                            ]))))
            ])
        let schemas = SchemaSet(BuiltinSchemas.all.sorted + [bag])
        try await TestServer.with(schemas: schemas) { server in
            // It comes before the attributes, in the first of the events.
            let path = #"{"path":"/lines/tea/about","set":""#
            try await server.write("cust-1", "bag/b", path + #"old"}"#)
            try await server.write("anon-1", "bag/b", path + #"new"}"#)
            try await push(
                [attributes(0..<600, of: "bag/b"), attributes(600..<1_200, of: "bag/b")],
                to: server)
            #expect(try await ask("adopt", on: server).status == 200)
            #expect(try await server.entity("cust-1", "bag/b").contains(#""about":"new""#))
            #expect(try await ask("adopt/undo", on: server).status == 200)
            #expect(
                try await server.entity("cust-1", "bag/b") == #"{"lines":{"tea":{"about":"old"}}}"#)
        }
    }

    @Test func `What fits into no events is refused before anything is written`() async throws {
        try await TestServer.with { server in
            try await push([attributes(2_000..<2_600)], to: server, stream: "cust-1", from: 9)
            try await push([attributes(0..<600), attributes(600..<1_200)], to: server)
            let head = try await server.engine.head(of: key("cust-1")).offset
            let refused = try await ask("adopt", on: server)
            #expect(refused.status == 400 && refused.problem == "malformed-event")
            #expect(refused.text.contains("cart/main/lines/tea"))
            #expect(try await server.engine.head(of: key("cust-1")).offset == head)
            #expect(try await server.engine.head(of: key("anon-1")).movedTo == nil)
            let note = #"{"path":"/note","set":"still open"}"#
            #expect(try await server.write("anon-1", "cart/main", note).status == 200)
            // What the answer says to do helps.
            try await server.write("cust-1", "cart/main", #"{"path":"/lines","remove":"tea"}"#)
            #expect(try await outcome(ask("adopt", on: server)) == "ACCEPTED")
            #expect(
                try await count("/lines/tea/attributes", of: "cart/main", in: folded(server))
                    == 1_200)
        }
    }

    @Test func `What fits no more once the mark stands leaves the adopting stream as it is`()
        async throws
    {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            try await push([attributes(0..<600), attributes(600..<1_200)], to: server)
            let source = try key("anon-1")
            let adoption = StreamAdoption(
                source: source.stream, target: try StreamID("cust-1"))
            // What a server that died in between leaves.
            let replica = engine.identity.replica
            let mark = Event(
                dot: Dot(replica, Counter(rawValue: 1)),
                context: Context(replica: replica, own: .none, seen: Offset(rawValue: 2)),
                timestamp: Timestamp(milliseconds: time), channel: try ChannelName("service"),
                operations: [adoption.mark])
            var body: [UInt8] = []
            EventFrames.append(mark.encoded, to: &body)
            _ = try await engine.append(
                AppendRequest(
                    replica: replica, firstCounter: nil, body: body,
                    entries: [
                        AppendRequest.Entry(length: body.count, seen: Offset(rawValue: 2))
                    ], receivedAt: time, forwarding: .to(adoption.target)), to: source)
            try await push([attributes(2_000..<2_600)], to: server, stream: "cust-1", from: 9)
            let before = try await server.entity("cust-1", "cart/main")
            #expect(try await ask("adopt", on: server).problem == "malformed-event")
            let phone = RawDevice(5, channel: "app", stream: "anon-1")
            let late = try await phone.push(
                [phone.event(seen: 2, time: time, attributes(0..<1)[0])], to: server)
            #expect(late.problem == "stream-moved")
            #expect(try await server.entity("cust-1", "cart/main") == before)
            _ = try await folded(server)
            try await server.write("cust-1", "cart/main", #"{"path":"/lines","remove":"tea"}"#)
            #expect(try await ask("adopt", on: server).status == 200)
        }
    }

    @Test func `An operation that names the adoption's own later event is not written`()
        async throws
    {
        try await TestServer.with { server in
            let adoption = StreamAdoption(
                source: try StreamID("anon-1"), target: try StreamID("cust-1"))
            try await push(
                [
                    [
                        operation(
                            "wish-list/w", "/title",
                            #""keep":{"value":"x","replica":"\#(adoption.replica)","#
                                + #""counter":"99","time":"\#(time)"}"#)
                    ]
                ], to: server)
            #expect(try await ask("adopt", on: server).problem == "malformed-event")
            #expect(try await server.engine.head(of: key("anon-1")).movedTo == nil)
            #expect(try await server.engine.head(of: key("cust-1")).offset == .start)
        }
    }

    @Test func `Nobody pushes under the server's own replica id`() async throws {
        let engine = MemoryLog()
        try await TestServer.with(engine: engine) { server in
            let event = """
                {"time":"\(time)","channel":"app","operations":[\
                {"entity":"cart/main","path":"/note","set":"forged"}]}
                """
            let answer = try await server.call(
                "POST", "/v1/streams/cust-1/events",
                json: """
                    {"batch":{"replica":"\(engine.identity.replica)","counter":"1","events":[\(event)]}}
                    """)
            #expect(answer.status == 403 && answer.problem == "forbidden")
            #expect(try await engine.head(of: key("cust-1")).offset == .start)
        }
    }
}
