import Foundation
import Testing

@testable import BatonServer

/// Connections that begin something and do not end it.
@Suite struct `Heads that do not come` {
    private static var impatient: ServerLimits {
        var limits = ServerLimits()
        limits.headSeconds = 1
        return limits
    }

    @Test func `A head that comes a byte at a time is not waited for`() async throws {
        try await TestServer.with(limits: Self.impatient) { server in
            let slow = try RawSocket(port: server.port)
            slow.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            #expect(try await slow.ends(within: 200, saying: "a"))
            #expect(try await server.metric("baton_slow_heads_total") == 1)
            // The second request of a connection is no better than the first.
            let second = try RawSocket(port: server.port)
            second.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await second.answer().hasPrefix("HTTP/1.1 200"))
            second.send("GET /healthz HTTP/1.1\r\nX-Slow: ")
            #expect(try await second.ends(within: 200, saying: "a"))
            #expect(try await server.metric("baton_slow_heads_total") == 2)
        }
    }

    @Test func `A connection that rests between requests is left alone`() async throws {
        try await TestServer.with(limits: Self.impatient) { server in
            let quiet = try RawSocket(port: server.port)
            try await Task.sleep(for: .milliseconds(1_500))
            for _ in 0..<2 {
                // Whole, so that however slow the machine is, no head is waited for.
                quiet.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await quiet.answer().hasPrefix("HTTP/1.1 200"))
                try await Task.sleep(for: .milliseconds(1_500))
            }
            #expect(try await server.metric("baton_slow_heads_total") == 0)
        }
    }

    @Test func `A TLS handshake that does not come is not waited for`() async throws {
        try await withTemporaryFolder { folder in
            let certificate = try TestCertificate()
            try certificate.write(chain: folder + "/chain.pem", key: folder + "/key.pem")
            let server = try ServerProcess(
                data: folder + "/data",
                arguments: [
                    "--tls-cert", folder + "/chain.pem", "--tls-key", folder + "/key.pem",
                    "--limit", "headSeconds=1",
                ])
            let silent = try RawSocket(port: server.port)
            let slow = try RawSocket(port: server.port)
            // The beginning of a TLS record that announces more.
            slow.send("\u{16}\u{03}\u{01}")
            #expect(try await silent.ends(within: 200))
            #expect(try await slow.ends(within: 200))
            let health = try Program.output(
                "/usr/bin/curl", ["-sSk", server.address + "/metrics"])
            #expect(health.text.contains("baton_slow_heads_total 2\n"))
            server.stop()
        }
    }

    @Test(arguments: [
        // Of a stranger, whose answer was written long ago.
        "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
        // Of no form.
        "POST /v1/sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
    ])
    func `A body that goes on after its request was answered is not waited for`(
        request: String
    ) async throws {
        var limits = Self.impatient
        limits.bodySeconds = 1
        try await TestServer.with(limits: limits) { [limits] server in
            #expect(limits.bodySeconds == 1)
            let slow = try RawSocket(port: server.port)
            slow.send(request)
            #expect(try await slow.answer().hasPrefix("HTTP/1.1 4"))
            #expect(try await slow.ends(within: 200, saying: "a"))
        }
    }

    @Test func `Who asks before it sends a body is told to go on`() async throws {
        try await TestServer.with { server in
            let body = #"{"operations":[{"path":"/note","set":"x"}]}"#
            let client = try RawSocket(port: server.port)
            client.send(
                "POST /v1/streams/s/entities/cart/main HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Authorization: Bearer \(try await server.token())\r\n\r\n")
            #expect(try await client.answer(ending: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send(body)
            #expect(try await client.answer().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `Nobody is told to go on in the middle of another answer`() async throws {
        try await TestServer.with { server in
            let token = try await server.token()
            let head = "HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
            let client = try RawSocket(port: server.port)
            // A live answer has no end, and the next request comes while it goes on.
            client.send("GET /v1/streams/s/live \(head)\r\n")
            #expect(try await client.answer().hasPrefix("HTTP/1.1 200"))
            client.send("POST /v1/sync \(head)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            try await server.write("s", "cart/main", #"{"path":"/note","set":"later"}"#)
            var text = ""
            #expect(
                try await eventually {
                    text += client.read() ?? ""
                    return text.contains("later")
                })
            #expect(!text.contains("100 Continue"))
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n",
    ])
    func `What is no request is told so as a problem`(request: String) async throws {
        try await TestServer.with(limits: Self.impatient) { server in
            let client = try RawSocket(port: server.port)
            client.send(request)
            let answer = try await client.answer(ending: "}")
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            for line in [
                "Content-Type: application/problem+json", "X-Content-Type-Options: nosniff",
                "Content-Security-Policy: default-src 'none'", "Cache-Control: no-store",
                "Connection: close", "urn:baton:problem:invalid-parameter", "100 header lines",
            ] {
                #expect(answer.lowercased().contains(line.lowercased()), "\(line) in \(answer)")
            }
            #expect(try await client.ends(within: 200))
        }
    }
}
