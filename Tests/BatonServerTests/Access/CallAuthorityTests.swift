import BatonCore
import BatonWire
import Testing

@testable import BatonServer

/// Calls that schemas keep to some roles (specification section 2.6).
@Suite struct `Calls that a schema keeps to some roles` {
    private let path = "/v1/streams/cust-1"
    private static let text = Rule.register(.text(longest: 100), .latest)
    private static let schemas = SchemaSet(
        BuiltinSchemas.all.sorted + [
            Schema(
                type: "diary", version: 1,
                callers: [
                    .timeline: [.customer, .operator], .adopt: [.service, .operator],
                    .handOff: [.customer, .operator],
                ],
                fields: [
                    Field("entry", text), Field("key", text, writers: [.customer, .operator]),
                ])
        ])

    private func withDiary(
        _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        var limits = ServerLimits()
        limits.handoffsPerStream = 10
        try await TestServer.with(limits: limits, schemas: Self.schemas) { server in
            for value in ["dear", "diary"] {
                try await server.write(
                    "cust-1", "diary/d", #"{"path":"/entry","set":"\#(value)"}"#, seen: 0)
            }
            try await server.write("cust-1", "diary/d", #"{"path":"/entry","set":"now"}"#)
            try await server.write("cust-1", "cart/main", #"{"path":"/note","set":"cart"}"#)
            try await body(server)
        }
    }

    @Test(arguments: Role.allCases)
    func `The past of a type is told to those it names`(role: Role) async throws {
        try await withDiary { server in
            let mayTell = [.customer, .operator].contains(role)
            let token = try await server.token(role: role)
            func get(_ call: String) async throws -> Answer {
                try await server.call("GET", "\(path)/\(call)", token: token)
            }
            let timeline = try await get("timeline")
            #expect(timeline.status == 200 && timeline.text.contains("cart/main"))
            #expect(timeline.text.contains("diary") == mayTell)
            #expect(try await get("conflicts?status=settled").text.contains("dear") == mayTell)
            // There is a problem whether the entity exists or not, and none of the present.
            for id in ["d", "never"] {
                for suffix in ["?explain=true", "?at=1"] {
                    let answer = try await get("entities/diary/\(id)\(suffix)")
                    #expect((answer.problem == "not-permitted") == !mayTell, "\(answer.text)")
                }
            }
            #expect(try await get("entities/diary/d").text == #"{"entry":"now"}"#)
            #expect(try await get("entities/cart/main?explain=true").status == 200)
        }
    }

    @Test(arguments: Role.allCases)
    func `A stream is adopted, and that undone, by those whom every type names`(
        role: Role
    ) async throws {
        try await withDiary { server in
            try await server.write("anon-1", "cart/main", #"{"path":"/note","set":"anon"}"#)
            let mayAdopt = [.service, .operator].contains(role)
            for call in ["adopt", "adopt/undo"] {
                let answer = try await server.call(
                    "POST", "\(path)/\(call)", json: #"{"from":"anon-1"}"#,
                    token: server.token(role: role))
                #expect(answer.status == (mayAdopt ? 200 : 403), "\(answer.text)")
                #expect(answer.problem == (mayAdopt ? nil : "not-permitted"))
            }
        }
    }

    @Test(arguments: Role.allCases)
    func `Who may not hand a type on, or may less with it than a customer, hands on others`(
        role: Role
    ) async throws {
        try await withDiary { server in
            for (names, givers) in [
                (#"["cart/main"]"#, Role.allCases), (#"["diary/d"]"#, [.customer, .operator]),
                (#"["cart/main","diary/*"]"#, [.customer, .operator]),
                (#"["*"]"#, [.customer, .operator]), (#"["unheard/of"]"#, Role.allCases),
                // A customer sees more of it than a kiosk, and a code is claimed without a token.
                (#"["profile/main"]"#, Role.allCases.filter { $0 != .kiosk }),
            ] {
                let answer = try await server.call(
                    "POST", "/v1/handoffs", json: #"{"stream":"cust-1","entities":\#(names)}"#,
                    token: server.token(role: role))
                let isGiven = givers.contains(role)
                #expect(answer.status == (isGiven ? 200 : 403), "\(names): \(answer.text)")
                #expect(answer.problem == (isGiven ? nil : "not-permitted"))
            }
        }
    }

    @Test func `A claim that is repeated shows what its token shows, whoever repeats it`()
        async throws
    {
        try await withDiary { server in
            try await server.write("cust-1", "profile/main", #"{"path":"/name","set":"Ada"}"#)
            let made = try await server.call(
                "POST", "/v1/handoffs", json: #"{"stream":"cust-1","entities":["*"]}"#,
                token: server.token(role: .customer))
            let code = try #require(made.json["code"] as? String)
            for token in [try await server.token(role: .kiosk), nil] {
                let claimed = try await server.call(
                    "POST", "/v1/handoffs/claim", json: #"{"code":"\#(code)"}"#,
                    headers: [("Idempotency-Key", "k")], token: .some(token))
                #expect(claimed.json["role"] as? String == "kiosk")
                #expect(!claimed.text.contains("Ada"))
            }
        }
    }

    @Test func `A checkout goes by what its caller sees`() async throws {
        let schemas = SchemaSet(
            BuiltinSchemas.all.sorted.filter { $0.type != "cart" } + [
                Schema(
                    type: "cart", version: 2,
                    fields: BuiltinSchemas.cart.root.fields.map {
                        $0.name == "note"
                            ? Field("note", Self.text, readers: [.customer, .service]) : $0
                    })
            ])
        try await TestServer.with(schemas: schemas) { server in
            try await server.write(
                "cust-1", "cart/main",
                #"{"path":"/lines/A/quantity","add":1},{"path":"/note","set":"hidden"}"#)
            let answer = try await server.call(
                "POST", "\(path)/checkout", json: #"{"cart":"main"}"#,
                token: server.token(role: .kiosk))
            #expect(answer.status == 200, "\(answer.text)")
            let order = try await server.entity("cust-1", "order/main-1")
            #expect(order.contains(#""A""#) && !order.contains("hidden"))
            #expect(try await server.entity("cust-1", "cart/main").contains("hidden"))
        }
    }
}
