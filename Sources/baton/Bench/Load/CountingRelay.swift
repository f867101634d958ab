import Foundation
import Synchronization

/// Hands the bytes of connections on to a port of this machine and back, and counts them: what
/// truly goes over the wire, whatever a client believes that it sends.
final class CountingRelay: Sendable {
    struct Traffic {
        var sent = 0
        var received = 0
    }

    /// Where it listens.
    let port: Int
    private let listener: Int32
    private let counted = Mutex(Traffic())

    /// Begins to listen, and goes on until ``stop()``.
    init(to target: Int) throws {
        (listener, port) = try Loopback.listening()
        Thread.detachNewThread { [self] in run(to: target) }
    }

    /// So far.
    var traffic: Traffic { counted.withLock { $0 } }

    /// Closes all connections, soon.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func run(to target: Int) {
        var pairs: [(client: Int32, server: Int32)] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        defer {
            for pair in pairs { Self.close(pair) }
            Glibc.close(listener)
        }
        while true {
            let watched = [listener] + pairs.flatMap { [$0.client, $0.server] }
            var polled = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { return }
            var ended: Set<Int32> = []
            for (index, pair) in pairs.enumerated() {
                let isOpen =
                    (polled[1 + 2 * index].revents == 0
                        || pass(pair.client, pair.server, &buffer, \.sent))
                    && (polled[2 + 2 * index].revents == 0
                        || pass(pair.server, pair.client, &buffer, \.received))
                if !isOpen { ended.insert(pair.client) }
            }
            for pair in pairs where ended.contains(pair.client) { Self.close(pair) }
            pairs.removeAll { ended.contains($0.client) }
            if polled[0].revents != 0 {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Loopback.sendAtOnce(client)
                guard let server = try? Loopback.connected(to: target) else {
                    Glibc.close(client)
                    continue
                }
                pairs.append((client, server))
            }
        }
    }

    /// Hands on what has come; false once there is no more to come.
    private func pass(
        _ source: Int32, _ target: Int32, _ buffer: inout [UInt8],
        _ counter: WritableKeyPath<Traffic, Int>
    ) -> Bool {
        let count = recv(source, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        counted.withLock { $0[keyPath: counter] += count }
        var sent = 0
        while sent < count {
            let more = buffer[sent..<count].withUnsafeBytes {
                send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard more > 0 else { return false }
            sent += more
        }
        return true
    }

    private static func close(_ pair: (client: Int32, server: Int32)) {
        Glibc.close(pair.client)
        Glibc.close(pair.server)
    }
}
