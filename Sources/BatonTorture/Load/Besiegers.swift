import Foundation
import Synchronization

/// Connections that take places and do nothing for them: most say nothing at all, some say a byte now and
/// then, some ask and never read. One thread moves them all; whoever is thrown out comes again.
final class Besiegers: Sendable {
    /// What a slow one does.
    private enum Manner: Int, CaseIterable {
        /// Sends a head, a byte at a time.
        case head
        /// Sends a body, a byte at a time.
        case body
        /// Asks for events, again and again, and reads none.
        case unread
        /// Follows a stream, and reads nothing.
        case live
    }

    private struct Slow {
        let manner: Manner
        var socket: Int32
    }

    private struct State {
        var isStopped = false
        var isDone = false
        var idle = 0
        var slow = 0
        var thrownOut = 0
    }

    private let port: Int
    private let token: String
    private let streams: [String]
    private let idle: Int
    private let slow: Int
    private let state = Mutex(State())

    /// Connections that are opened before the others have a moment, so that the server's queue holds them.
    private static let batch = 250
    private static let pause = 0.02
    /// Seconds between two bytes of a slow one.
    private static let tick = 0.5
    private static let stepsPerTick = 50
    /// Ticks between two looks at who was thrown out of those that say nothing.
    private static let ticksPerLook = 10

    init(port: Int, token: String, streams: [String], idle: Int, slow: Int) {
        self.port = port
        self.token = token
        self.streams = streams
        self.idle = idle
        self.slow = slow
    }

    /// How many of each are connected, and how many were thrown out so far.
    var counts: (idle: Int, slow: Int, thrownOut: Int) {
        state.withLock { ($0.idle, $0.slow, $0.thrownOut) }
    }

    /// Begins; returns once all have come, or after so many seconds.
    func gather(within seconds: Int) async {
        Thread { [self] in work() }.start()
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            let now = counts
            if now.idle >= idle, now.slow >= slow { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Ends it and closes all connections.
    func end() async {
        state.withLock { $0.isStopped = true }
        while !state.withLock({ $0.isDone }) { try? await Task.sleep(for: .milliseconds(20)) }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func work() {
        var silent: [Int32] = []
        var slow: [Slow] = []
        for number in 0..<(idle + self.slow) where !isStopped {
            if number % Self.batch == 0 { Thread.sleep(forTimeInterval: Self.pause) }
            if number < idle {
                silent.append(open(small: false))
            } else {
                let manner = Manner.allCases[number % Manner.allCases.count]
                slow.append(Slow(manner: manner, socket: begin(manner, number)))
            }
            count(silent, slow)
        }
        // Each at its own moment, as clients that know nothing of each other.
        var step = 0
        while !isStopped {
            Thread.sleep(forTimeInterval: Self.tick / Double(Self.stepsPerTick))
            for index in Self.turn(step, of: slow.count, in: Self.stepsPerTick) {
                goOn(&slow[index], index)
            }
            for index in Self.turn(
                step, of: silent.count, in: Self.stepsPerTick * Self.ticksPerLook)
            where Self.isClosed(silent[index]) {
                close(silent[index])
                silent[index] = open(small: false)
                state.withLock { $0.thrownOut += 1 }
            }
            step += 1
            count(silent, slow)
        }
        for socket in silent + slow.map(\.socket) where socket >= 0 { close(socket) }
        state.withLock { $0.isDone = true }
    }

    /// Whose turn it is at a step, where each of `count` has one turn in so many steps.
    private static func turn(_ step: Int, of count: Int, in steps: Int) -> Range<Int> {
        let place = step % steps
        return count * place / steps..<count * (place + 1) / steps
    }

    private func count(_ silent: [Int32], _ slow: [Slow]) {
        let counts = (silent.count { $0 >= 0 }, slow.count { $0.socket >= 0 })
        state.withLock { ($0.idle, $0.slow) = counts }
    }

    /// A new connection, or -1; with a small buffer it reads little before the server has to wait.
    private func open(small: Bool) -> Int32 {
        let descriptor = socket(AF_INET, Self.streamType, 0)
        guard descriptor >= 0 else { return -1 }
        if small {
            var size: Int32 = 2_048
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    private func begin(_ manner: Manner, _ number: Int) -> Int32 {
        let socket = open(small: manner == .unread || manner == .live)
        guard socket >= 0 else { return -1 }
        let stream = streams[number % streams.count]
        let headers = "Host: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n"
        switch manner {
        case .head: _ = Self.say("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", on: socket)
        case .body:
            _ = Self.say(
                "POST /v1/streams/\(stream)/events HTTP/1.1\r\n\(headers)"
                    + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
                on: socket)
        case .unread:
            _ = Self.say("GET /v1/streams/\(stream)/events HTTP/1.1\r\n\(headers)\r\n", on: socket)
        case .live:
            _ = Self.say("GET /v1/streams/\(stream)/live HTTP/1.1\r\n\(headers)\r\n", on: socket)
        }
        return socket
    }

    private func goOn(_ slow: inout Slow, _ number: Int) {
        let isOpen =
            switch slow.manner {
            case .head, .body: slow.socket >= 0 && Self.say("a", on: slow.socket)
            case .unread, .live: slow.socket >= 0 && !Self.isBroken(slow.socket)
            }
        guard !isOpen else { return }
        if slow.socket >= 0 { close(slow.socket) }
        slow.socket = begin(slow.manner, number)
        state.withLock { $0.thrownOut += 1 }
    }

    /// Sends without waiting; false once the other side has closed.
    private static func say(_ text: String, on socket: Int32) -> Bool {
        let bytes = Array(text.utf8)
        let sent = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        return sent >= 0 || errno == EAGAIN || errno == EWOULDBLOCK
    }

    /// Whether the other side has closed a connection on which nothing was to come.
    private static func isClosed(_ socket: Int32) -> Bool {
        guard socket >= 0 else { return true }
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    }

    /// Whether a connection that is not read has an error.
    private static func isBroken(_ socket: Int32) -> Bool {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0
    }

    private static var streamType: Int32 {
        #if canImport(Glibc)
        Int32(SOCK_STREAM.rawValue)
        #else
        SOCK_STREAM
        #endif
    }
}
