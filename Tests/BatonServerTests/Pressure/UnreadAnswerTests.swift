import Foundation
import Testing

@testable import BatonServer

/// Clients that ask and do not read what they are answered.
@Suite struct `An answer that nobody reads` {
    private static func withServer(
        isSecure: Bool = true, _ limits: [String],
        _ body: (ServerProcess) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try TestCertificate().write(chain: folder + "/chain.pem", key: folder + "/key.pem")
            let tls = ["--tls-cert", folder + "/chain.pem", "--tls-key", folder + "/key.pem"]
            let server = try ServerProcess(
                data: folder + "/data",
                arguments: (isSecure ? tls : []) + limits.flatMap { ["--limit", $0] })
            try await body(server)
            #expect(server.stop() == 0)
        }
    }

    private static func metrics(_ server: ServerProcess) throws -> String {
        try Program.output(
            "/usr/bin/curl", ["-sSk", "--max-time", "20", server.address + "/metrics"]
        ).text
    }

    private static func metric(_ name: String, of server: ServerProcess) throws -> Int? {
        try metrics(server).split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    @Test func `ends the connection, also where it is short and one of many`() async throws {
        try await Self.withServer(isSecure: false, ["stallSeconds=1"]) { server in
            // Several mebibytes of answers, more than a system takes for a client that reads nothing.
            let client = try RawSocket(port: server.port)
            let asks = String(repeating: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", count: 600)
            client.send(asks)
            #expect(
                try await eventually { try Self.metric("baton_stalled_total", of: server) == 1 })
            withExtendedLifetime(client) {}
        }
    }

    /// A client whose windows are closed: it takes no byte of any answer.
    private static let deaf =
        HTTP2Bytes.preface + HTTP2Bytes.frame(.settings, [0, 4, 0, 0, 0, 0])

    @Test(arguments: ["/healthz", "/metrics", "/v1/schemas"])
    func `ends the stream of HTTP2`(path: String) async throws {
        try await Self.withServer(["stallSeconds=1"]) { server in
            let client = try await RawSecureSocket(port: server.port)
            client.send(Self.deaf + HTTP2Bytes.request("GET", path))
            #expect(try await eventually { client.hasHeard(.headers, on: 1) })
            #expect(try await eventually { client.hasHeard(.reset, on: 1) })
            let closed = try Self.metric("baton_stalled_total", of: server)
            #expect(closed == 1)
        }
    }

    @Test func `holds no more streams than there may be`() async throws {
        try await Self.withServer(["streamsAtOnce=3"]) { server in
            let first = try await RawSecureSocket(port: server.port)
            let second = try await RawSecureSocket(port: server.port)
            // Without a token they are answered before their bodies come, and stay open for these.
            func hold(_ client: RawSecureSocket, _ stream: UInt8) async throws -> Bool {
                client.send(HTTP2Bytes.request("POST", "/v1/sync", stream: stream, hasBody: true))
                return try await eventually { client.hasHeard(.headers, on: stream) }
            }
            first.send(HTTP2Bytes.hello)
            second.send(HTTP2Bytes.hello)
            let held = [
                try await hold(first, 1), try await hold(first, 3), try await hold(second, 1),
            ]
            #expect(held == [true, true, true])
            second.send(HTTP2Bytes.request("GET", "/healthz", stream: 3))
            #expect(try await eventually { second.hasHeard(.reset, on: 3) })
            #expect(!second.hasHeard(.headers, on: 3))
        }
    }

    @Test func `A connection has a hundred streams, and one more is refused`() async throws {
        try await Self.withServer([]) { server in
            let client = try await RawSecureSocket(port: server.port)
            client.send(HTTP2Bytes.hello)
            func begin(_ stream: UInt8) {
                client.send(HTTP2Bytes.request("POST", "/v1/sync", stream: stream, hasBody: true))
            }
            for number: UInt8 in 0..<100 { begin(number * 2 + 1) }
            #expect(try await eventually { client.hasHeard(.headers, on: 199) })
            begin(201)
            #expect(
                try await eventually {
                    client.hasHeard(.reset, on: 201) || client.hasHeard(.away, on: 0)
                })
            #expect(!client.hasHeard(.headers, on: 201))
        }
    }

    @Test func `A method that nobody knows is counted among all others`() async throws {
        try await Self.withServer([]) { server in
            let client = try await RawSecureSocket(port: server.port)
            client.send(HTTP2Bytes.hello)
            for (number, method) in ["BREW", "WHEN", "POUR"].enumerated() {
                let stream = UInt8(number * 2 + 1)
                // :method as a literal with the name of the static table (RFC 7541, section 6.2.2).
                let head =
                    [0x02, UInt8(method.utf8.count)] + Array(method.utf8)
                    + HTTP2Bytes.head("GET", "/v1/none").dropFirst()
                client.send(HTTP2Bytes.frame(.headers, flags: 5, stream: stream, head))
                #expect(try await eventually { client.hasHeard(.headers, on: stream) })
            }
            let text = try Self.metrics(server)
            #expect(!text.contains("BREW") && !text.contains("POUR"))
            #expect(text.contains(#"route="other NotFound",status="404"} 3"#))
        }
    }

    @Test func `What never asks is counted, and bounded`() async throws {
        let limits = ["connections=1", "idleSeconds=3600"]
        try await Self.withServer(isSecure: false, limits) { server in
            let first = try RawSocket(port: server.port)
            var silent = try (0..<512).map { _ in try RawSocket(port: server.port) }
            var text = ""
            #expect(
                try await eventually {
                    first.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                    text = try await first.answer(with: "baton_open_connections_limit 513\n")
                    return text.contains("baton_open_connections 513\n")
                })
            #expect(text.contains("baton_open_connections_limit 513\n"))
            #expect(text.contains("baton_connections 0\n"))
            // One more is not taken off the system's queue until another has gone.
            let last = try RawSocket(port: server.port)
            last.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Task.sleep(for: .milliseconds(500))
            #expect(last.read()?.isEmpty ?? false)
            silent.removeAll()
            #expect(try await last.answer().hasPrefix("HTTP/1.1 200"))
        }
    }
}
