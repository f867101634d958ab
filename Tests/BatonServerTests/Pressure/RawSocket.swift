import Foundation

/// A socket to a port of this machine, as a hostile client has it.
final class RawSocket {
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

    /// Waits for an answer that ends with these letters.
    func answer(ending end: String) async throws -> String {
        try await answer { $0.hasSuffix(end) }
    }

    /// Waits for an answer that these letters stand in.
    func answer(with letters: String) async throws -> String {
        try await answer { $0.contains(letters) }
    }

    private func answer(_ isWhole: (String) -> Bool) async throws -> String {
        var text = ""
        for _ in 0..<200 where !isWhole(text) {
            guard let more = read() else { break }
            text += more
            if more.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        }
        return text
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
