import BatonCore
import BatonLog
import BatonWire
import Testing

@testable import BatonServer

/// Tenants with documents of their own, through HTTP.
@Suite struct `Schemas of a tenant's own` {
    private static let wishes = Schema(
        type: "wish-list", version: 1, fields: [Field("items", .set(.text(longest: 64)))])

    /// The built-in cart, with gift wrap.
    private static var cart: Schema {
        let wrap = Field("wrap", .register(.text(longest: 64), .latest))
        return Schema(type: "cart", version: 2, fields: BuiltinSchemas.cart.root.fields + [wrap])
    }

    private func with(_ body: @Sendable @escaping (TestServer, String) async throws -> Void)
        async throws
    {
        let own = try [TenantID("acme"): SchemaSet([Self.wishes, Self.cart])]
        try await TestServer.with(own: own) { server in
            try await body(server, server.token(tenant: "globex"))
        }
    }

    @Test func `are shown to that tenant alone`() async throws {
        try await with { server, other in
            let ours = try await server.call("GET", "/v1/schemas")
            let theirs = try await server.call("GET", "/v1/schemas", token: other)
            let expected = BuiltinSchemas.all.sorted.filter { $0.type != "cart" }
            #expect(
                try SchemaSet(document: ours.body)
                    == SchemaSet(expected + [Self.wishes, Self.cart]))
            #expect(try SchemaSet(document: theirs.body) == BuiltinSchemas.all)
        }
    }

    @Test func `say what is read and written in its streams, and in no other's`() async throws {
        try await with { server, other in
            let wish = #"{"path":"/items","add":"lamp"}"#
            #expect(try await server.write("c", "wish-list/w", wish).status == 200)
            #expect(try await server.entity("c", "wish-list/w") == #"{"items":["lamp"]}"#)
            let refused = try await server.write("c", "wish-list/w", wish, token: other)
            #expect(refused.problem == "unknown-place")
            // Not even the names of a tenant's own types are told.
            #expect(
                !refused.text.replacing("wish-list", with: "", maxReplacements: 1).contains("wish"))

            let wrap = #"{"path":"/wrap","set":"red"}"#
            #expect(try await server.write("c", "cart/main", wrap).status == 200)
            #expect(
                try await server.write("c", "cart/main", wrap, token: other).problem
                    == "unknown-place")
        }
    }

    @Test func `are named by a digest of their own in pulls and snapshots`() async throws {
        try await with { server, other in
            let note = #"{"path":"/note","set":"x"}"#
            try await server.write("c", "cart/main", note)
            try await server.write("c", "cart/main", note, token: other)
            let own = TenantSchemas(
                BuiltinSchemas.all,
                own: [
                    try TenantID("acme"): SchemaSet([Self.wishes, Self.cart])
                ])
            for (tenant, token) in [("acme", try await server.token()), ("globex", other)] {
                let digest = own[try TenantID(tenant)].digest.description
                for path in ["events", "snapshot"] {
                    let answer = try await server.call(
                        "GET", "/v1/streams/c/\(path)", token: token)
                    #expect(answer.json["schemas"] as? String == digest)
                }
            }
            #expect(own[try TenantID("acme")].digest != own.shared.digest)
        }
    }
}
