import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Testing

/// TLS, keys and certificates, with a real server.
@Suite(.serialized) struct `A server under TLS` {
    private struct Place {
        let folder: String
        let certificates: TestCertificate
        var keys: String { folder + "/keys.json" }
        var chain: String { folder + "/chain.pem" }
        var key: String { folder + "/key.pem" }
        var authority: String { folder + "/authority.pem" }

        init(_ folder: String) throws {
            self.folder = folder
            certificates = try TestCertificate()
            try certificates.writeAuthority(to: authority)
            try certificates.write(chain: chain, key: key)
            try baton("token", "--new-key", keys)
        }

        func server(_ more: String...) throws -> ServerProcess {
            try ServerProcess(
                data: folder + "/data",
                arguments: ["--keys", keys, "--tls-cert", chain, "--tls-key", key] + more)
        }

        func token() throws -> String {
            try baton(
                "token", "--keys", keys, "--tenant", "acme", "--role", "service", "--stream", "*")
        }

        /// A client that trusts the test's authority and no other.
        func client(_ version: HTTPClient.Configuration.HTTPVersion) throws -> HTTPClient {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authority)
            var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
            configuration.httpVersion = version
            return HTTPClient(configuration: configuration)
        }

        @discardableResult
        func baton(_ arguments: String...) throws -> String {
            let (text, status) = try Program.output(Program.path("baton"), arguments)
            guard status == 0 else { throw TestFailure("baton \(arguments): \(text)") }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// What curl says, having asked with these arguments; nothing is printed of the body.
        func curl(_ arguments: String...) throws -> String {
            try Program.output(
                "/usr/bin/curl",
                ["-sS", "--cacert", authority, "-o", "/dev/null", "--max-time", "20"] + arguments
            ).text
        }
    }

    @Test func `speaks HTTP/1.1 and HTTP/2 under TLS 1.2 and 1.3, and nothing in the clear`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let server = try place.server()
            #expect(server.address.hasPrefix("https://127.0.0.1:"))
            let health = server.address + "/healthz"
            let format = "%{http_version} %{response_code}"
            for version in ["--tlsv1.2", "--tlsv1.3"] {
                let most = version == "--tlsv1.2" ? "1.2" : "1.3"
                #expect(
                    try place.curl(version, "--tls-max", most, "--http2", "-w", format, health)
                        == "2 200")
                #expect(
                    try place.curl(version, "--tls-max", most, "--http1.1", "-w", format, health)
                        == "1.1 200")
            }
            #expect(try place.curl("--tls-max", "1.1", "--tlsv1.0", health).contains("curl: (35)"))
            let clear = health.replacing("https:", with: "http:")
            #expect(try place.curl("-w", format, clear).contains("000"))
            #expect(
                try place.curl("-w", "%header{strict-transport-security}", health)
                    == "max-age=63072000")
            #expect(server.stop() == 0)
        }
    }

    @Test func `rotates keys and certificate under load, and no request fails`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let server = try place.server()
            let address = server.address
            let load = Load(token: try place.token())
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller in 0..<8 {
                    let client = try place.client(caller % 2 == 0 ? .http1Only : .automatic)
                    tasks.addTask {
                        var number = 0
                        while !load.state.withLock({ $0.isDone }) {
                            number += 1
                            var request = HTTPClientRequest(
                                url: "\(address)/v1/streams/s-\(caller)/entities/cart/main")
                            request.method = .POST
                            request.headers.add(
                                name: "Authorization",
                                value: "Bearer \(load.state.withLock { $0.token })")
                            request.headers.add(name: "Content-Type", value: "application/json")
                            // So that each certificate meets new handshakes, too.
                            if number % 5 == 0 {
                                request.headers.add(name: "Connection", value: "close")
                            }
                            request.body = .bytes(
                                .init(
                                    string:
                                        #"{"operations":[{"path":"/lines/a/quantity","add":1}]}"#))
                            do {
                                let response = try await client.execute(
                                    request, timeout: .seconds(60))
                                _ = try await response.body.collect(upTo: 1 << 20)
                                load.count(response.status == .ok ? nil : "\(response.status)")
                            } catch {
                                load.count("\(error)")
                            }
                        }
                        try await client.shutdown()
                    }
                }
                var serials: Set<String> = []
                for round in 1...5 {
                    try await Self.wait { load.state.withLock { $0.asked } > round * 40 }
                    serials.insert(try place.certificates.write(chain: place.chain, key: place.key))
                    try place.baton(
                        "token", "rotate", place.keys, "--algorithm",
                        ["HS256", "ES256", "EdDSA"][round % 3])
                    server.hangUp()
                    // Seen by the server once it takes what only the new key has signed.
                    let newer = try place.token()
                    try await Self.wait {
                        let status = try? place.curl(
                            "-w", "%{response_code}", "-H", "Authorization: Bearer \(newer)",
                            address + "/v1/schemas")
                        return status == "200"
                    }
                    load.state.withLock { $0.token = newer }
                }
                load.state.withLock { $0.isDone = true }
                try await tasks.waitForAll()
                let shown = try Program.output(
                    "/usr/bin/curl",
                    ["-sSv", "--cacert", place.authority, "-o", "/dev/null", address + "/healthz"]
                ).text
                #expect(shown.contains("SSL certificate verify ok"), "\(shown)")
                #expect(serials.count == 5)
            }
            let (asked, failures) = load.state.withLock { ($0.asked, $0.failures) }
            #expect(asked > 200 && failures.isEmpty, "\(asked) asked, \(failures.prefix(5))")
            #expect(server.stop() == 0)
        }
    }

    /// What callers of a load share.
    private final class Load: Sendable {
        let state: Mutex<(token: String, isDone: Bool, asked: Int, failures: [String])>

        init(token: String) { state = Mutex((token, false, 0, [])) }

        func count(_ failure: String?) {
            state.withLock { state in
                state.asked += 1
                if let failure { state.failures.append(failure) }
            }
        }
    }

    private static func wait(_ isDone: () -> Bool) async throws {
        let begun = ContinuousClock.now
        while !isDone() {
            guard begun.duration(to: .now) < .seconds(120) else {
                throw TestFailure("waited two minutes in vain")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func `keeps what it has where the new files cannot be used`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let server = try place.server()
            let token = try place.token()
            func status() throws -> String {
                try place.curl(
                    "-w", "%{response_code}", "-H", "Authorization: Bearer \(token)",
                    server.address + "/v1/schemas")
            }
            #expect(try status() == "200")
            for path in [place.keys, place.chain] {
                try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path))
                server.hangUp()
            }
            try await Task.sleep(for: .seconds(1))
            #expect(try status() == "200")
            server.stop()
            // At a start it is told instead.
            #expect(throws: (any Error).self) { try place.server() }
        }
    }

    @Test func `refuses in seconds whom the operator revoked`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let server = try place.server()
            let lost = try place.baton(
                "token", "--keys", place.keys, "--tenant", "acme", "--stream", "*", "--subject",
                "till-7")
            func status() throws -> String {
                try place.curl(
                    "-w", "%{response_code}", "-H", "Authorization: Bearer \(lost)",
                    server.address + "/v1/schemas")
            }
            #expect(try status() == "200")
            let revocation = [
                "--data", folder + "/data", "--tenant", "acme", "--subject", "till-7",
            ]
            let taken = try Program.output(
                Program.path("baton"), ["token", "inspect", "--keys", place.keys], input: lost)
            #expect(taken.status == 0 && taken.text.hasSuffix("taken\n"))
            _ = try Program.output(Program.path("baton"), ["token", "revoke"] + revocation)
            try await Self.wait { (try? status()) == "401" }
            let (text, code) = try Program.output(
                Program.path("baton"),
                ["token", "inspect", "--keys", place.keys, "--data", folder + "/data"], input: lost)
            #expect(code == 1 && text.contains("not taken: revoked"), "\(text)")
            #expect(
                try place.baton("token", "revoke", "--data", folder + "/data", "--list")
                    .contains(#""subject":"till-7""#))
            _ = try Program.output(
                Program.path("baton"), ["token", "revoke", "--undo"] + revocation)
            try await Self.wait { (try? status()) == "200" }
            server.stop()
        }
    }

    @Test func `answers pages of the origins that were named, and no others`() async throws {
        try await withTemporaryFolder { folder in
            let place = try Place(folder)
            let server = try place.server("--cors-origin", "https://shop.example")
            for (origin, allowed) in [
                ("https://shop.example", "https://shop.example"), ("https://evil.example", ""),
                ("https://shop.example.evil", ""), ("null", ""),
            ] {
                let shown = try place.curl(
                    "-w", "%{response_code} %header{access-control-allow-origin} %header{vary}",
                    "-H", "Origin: \(origin)", server.address + "/v1/schemas")
                #expect(shown == "401 \(allowed) Origin", "\(origin): \(shown)")
                let asked = try place.curl(
                    "-X", "OPTIONS", "-H", "Origin: \(origin)", "-H",
                    "Access-Control-Request-Method: POST", "-w",
                    "%{response_code} %header{access-control-allow-origin} %header{access-control-allow-methods}",
                    server.address + "/v1/sync")
                #expect(
                    asked == "204 \(allowed) \(allowed.isEmpty ? "" : "GET, POST")",
                    "\(origin): \(asked)")
            }
            server.stop()
            for wrong in ["shop.example", "https://shop.example/", "https://Shop.example", "*"] {
                #expect(throws: (any Error).self) { try place.server("--cors-origin", wrong) }
            }
        }
    }

    @Test func `does not start in the clear beyond loopback, unless it is told to`() throws {
        let (text, status) = try Program.output(
            Program.path("baton"), ["serve", "--keys", "k", "--listen", "0.0.0.0:0"])
        #expect(status == 2 && text.contains("--tls-cert"), "\(text)")
    }
}
