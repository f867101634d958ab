import Foundation
import Testing

@testable import BatonServer

/// Connections that begin something and do not end it.
@Suite struct `Heads that do not come` {
    /// A socket to a port of this machine, as a hostile client has it.
    private final class RawSocket {
        private let descriptor: Int32

        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port)).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard status == 0 else { throw TestFailure("no connection to \(port)") }
        }

        deinit { close(descriptor) }

        /// Whether the bytes could be sent.
        @discardableResult
        func send(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                == bytes.count
        }

        /// What there is to read now; `nil` once the other side has closed.
        func read() -> String? {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { return String(decoding: bytes.prefix(count), as: UTF8.self) }
            return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? "" : nil
        }

        /// Waits until the other side has closed.
        func ends(within tries: Int, saying text: String = "") async throws -> Bool {
            for _ in 0..<tries {
                if read() == nil { return true }
                if !text.isEmpty { send(text) }
                try await Task.sleep(for: .milliseconds(50))
            }
            return false
        }

        /// Waits for an answer.
        func answer() async throws -> String {
            for _ in 0..<200 {
                guard let text = read() else { return "closed" }
                if !text.isEmpty { return text }
                try await Task.sleep(for: .milliseconds(50))
            }
            return "none"
        }
    }

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
}
