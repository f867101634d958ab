import BatonCore
import Testing

@testable import BatonServer

/// What each tenant causes, in the metrics.
@Suite struct TenantMetricsTests {
    private func metrics(
        _ server: TestServer, _ role: Role, of tenant: String
    ) async throws -> Answer {
        let token = try await server.token(role: role, tenant: tenant)
        return try await server.call("GET", "/metrics", token: .some(token))
    }

    private func lines(_ answer: Answer) -> [String] {
        answer.text.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("baton_tenant_")
        }
    }

    /// Writes a note: how many bytes went to and fro.
    @discardableResult
    private func write(_ server: TestServer, for tenant: String, note: String) async throws -> Int {
        let token = try await server.token(role: .customer, tenant: tenant)
        let json = #"{"operations":[{"path":"/note","set":"\#(note)"}]}"#
        let answer = try await server.call(
            "POST", "/v1/streams/s/entities/cart/main", json: json, token: .some(token))
        #expect(answer.status == 200)
        return json.utf8.count + answer.body.count
    }

    @Test func `A tenant's metrics are for its operators`() async throws {
        try await TestServer.with { server in
            let bytes =
                try await write(server, for: "acme", note: "one")
                + write(server, for: "acme", note: "two")
            try await write(server, for: "bolt", note: "three")
            let own = try await metrics(server, .operator, of: "acme")
            #expect(
                lines(own) == [
                    #"baton_tenant_requests_total{tenant="acme",status="200"} 2"#,
                    #"baton_tenant_verdicts_total{tenant="acme",verdict="accepted"} 2"#,
                    #"baton_tenant_bytes_total{tenant="acme"} \#(bytes)"#,
                ])
            // What all cause, less one's own, is what the others cause.
            #expect(!own.text.contains("baton_verdicts_total"))
            let open = try await server.call("GET", "/metrics", token: .some(nil))
            #expect(open.status == 200 && lines(open).isEmpty)
            #expect(!open.text.contains("acme") && !open.text.contains("bolt"))
            #expect(open.text.contains(#"baton_verdicts_total{verdict="accepted"} 3"#))
            var others = Role.allCases.filter { $0 != .operator }.map { ($0, nil as [String]?) }
            others.append((.operator, ["cart/main"]))
            for (role, entities) in others {
                let token = try await server.token(role: role, entities: entities)
                let answer = try await server.call("GET", "/metrics", token: .some(token))
                #expect(answer.status == 200 && lines(answer).isEmpty, "\(role)")
            }
            let bad = try await server.call("GET", "/metrics", token: "x.y.z")
            #expect(bad.status == 401)
        }
    }

    @Test func `A tenant too many is in the totals alone`() async throws {
        var limits = ServerLimits()
        limits.tenantsCounted = 1
        try await TestServer.with(limits: limits) { server in
            try await write(server, for: "acme", note: "one")
            try await write(server, for: "bolt", note: "two")
            #expect(try await !lines(metrics(server, .operator, of: "acme")).isEmpty)
            let other = try await metrics(server, .operator, of: "bolt")
            #expect(other.status == 200 && lines(other).isEmpty)
            let open = try await server.call("GET", "/metrics", token: .some(nil))
            #expect(open.text.contains(#"baton_verdicts_total{verdict="accepted"} 2"#))
            #expect(open.text.contains("baton_tenants_counted 1\n"))
        }
    }

    @Test func `A live answer's bytes are its tenant's`() async throws {
        try await TestServer.with { server in
            let note = String(repeating: "x", count: 1_000)
            try await write(server, for: "acme", note: note)
            // What is counted, but for the answers that tell it.
            var told = 0
            func bytes() async throws -> Int {
                let answer = try await metrics(server, .operator, of: "acme")
                defer { told += answer.body.count }
                let line = lines(answer).first { $0.hasPrefix("baton_tenant_bytes_total") }
                let total = line?.split(separator: " ").last.flatMap { Int($0) }
                return try #require(total) - told
            }
            let before = try await bytes()
            let token = try await server.token(role: .customer)
            let answer = try await server.beginning("GET", "/v1/streams/s/live", token: token)
            #expect(answer.status == 200)
            #expect(try await eventually { try await bytes() > before + 1_000 })
            #expect(try await bytes() < before + 10_000)
        }
    }
}
