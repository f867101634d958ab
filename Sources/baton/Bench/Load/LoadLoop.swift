import Foundation

/// Many connections on one thread, which sleeps in poll(2) until one of them has something.
///
/// A thread and a blocking socket each would be simpler, and cost the machine, which the server
/// shares, a switch for each answer; here one wake serves all that are ready.
final class LoadLoop {
    private let connections: [LoadConnection]
    private var polled: [pollfd]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 256 * 1024, alignment: 16)

    /// Connects each client to a port of this machine.
    init(port: Int, clients: [any LoadClient]) throws {
        connections = try clients.map { try LoadConnection(port: port, client: $0) }
        polled = connections.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    }

    deinit { buffer.deallocate() }

    /// Runs the clients until `deadline`, then waits for what was asked before; or until all have
    /// finished or only listen. Can be called again, and then goes on with the same connections.
    func run(until deadline: UInt64 = .max) throws {
        var now = Stopwatch.now
        for index in connections.indices where !connections[index].isBusy {
            try proceed(index, at: now, isEnding: now >= deadline)
        }
        while connections.contains(where: \.isBusy) {
            try wait(at: now)
            now = Stopwatch.now
            let isEnding = now >= deadline
            for index in connections.indices {
                if polled[index].revents != 0 { try serve(index, isEnding: isEnding) }
                if case .waiting(let moment) = connections[index].phase, moment <= now || isEnding {
                    try proceed(index, at: now, isEnding: isEnding)
                }
            }
        }
    }

    private func serve(_ index: Int, isEnding: Bool) throws {
        let now = Stopwatch.now
        let connection = connections[index]
        let happened = Int32(polled[index].revents)
        polled[index].revents = 0
        if happened & Int32(POLLOUT) != 0 {
            try connection.sendOn()
            polled[index].events = connection.events
        }
        guard happened & ~Int32(POLLOUT) != 0 else { return }
        switch connection.phase {
        case .idle, .listening, .waiting:
            // Here only a listener is owed something; where another is told of, that is the end.
            _ = try connection.receive(into: buffer, at: now)
        case .awaiting:
            guard try connection.receive(into: buffer, at: now) else { return }
            try proceed(index, at: Stopwatch.now, isEnding: isEnding)
        }
    }

    private func proceed(_ index: Int, at now: UInt64, isEnding: Bool) throws {
        let connection = connections[index]
        if case .listening = connection.phase { return }
        try connection.proceed(at: now, isEnding: isEnding)
        polled[index].events = connection.events
    }

    private func wait(at now: UInt64) throws {
        var nearest = UInt64.max
        for connection in connections {
            if case .waiting(let moment) = connection.phase { nearest = min(nearest, moment) }
        }
        // At most a second, so that a deadline is seen. Up to the next millisecond, so that the
        // moment has come when the poll ends.
        let pause = min(nearest > now ? nearest - now : 0, 1_000_000_000)
        let milliseconds = Int32((pause + 999_999) / 1_000_000)
        guard poll(&polled, nfds_t(polled.count), milliseconds) >= 0 || errno == EINTR else {
            throw CommandFailure("poll: \(String(cString: strerror(errno)))")
        }
    }
}
