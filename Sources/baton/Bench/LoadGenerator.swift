import Foundation
import Synchronization

/// What a load generator saw.
struct LoadResult: Sendable {
    /// Milliseconds of each answered request, ascending.
    let milliseconds: [Double]
    /// Requests that were answered with another status than 200.
    let failures: Int
    let elapsed: Double

    /// Answered requests a second.
    var rate: Double { Double(milliseconds.count) / elapsed }

    /// The time within which that share of the requests was answered.
    func percentile(_ share: Double) -> Double {
        guard !milliseconds.isEmpty else { return 0 }
        return milliseconds[min(milliseconds.count - 1, Int(share * Double(milliseconds.count)))]
    }
}

/// Requests over keep-alive connections, a blocking socket and a thread each: as little work as
/// can be beside the server that is measured, which shares the cores.
struct LoadGenerator {
    let port: Int
    let connections: Int

    /// Sends requests for a while; `request` makes, for each connection, its source of requests.
    func run(
        for duration: Duration, _ request: @escaping @Sendable (Int) -> () -> [UInt8]
    ) throws -> LoadResult {
        let results = Mutex<(times: [Double], failures: Int)>(([], 0))
        let failure = Mutex<CommandFailure?>(nil)
        let begun = ContinuousClock.now
        let end = begun + duration
        let group = DispatchGroup()
        for connection in 0..<connections {
            group.enter()
            let port = port
            let thread = Thread {
                defer { group.leave() }
                do {
                    let (times, failures) = try Self.drive(
                        port: port, until: end, next: request(connection))
                    results.withLock {
                        $0.times += times
                        $0.failures += failures
                    }
                } catch {
                    failure.withLock { $0 = CommandFailure("a connection failed: \(error)") }
                }
            }
            thread.stackSize = 256 * 1024
            thread.start()
        }
        group.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
        let elapsed = ContinuousClock.now - begun
        return results.withLock {
            LoadResult(
                milliseconds: $0.times.sorted(), failures: $0.failures,
                elapsed: Double(elapsed.components.seconds)
                    + Double(elapsed.components.attoseconds) / 1e18)
        }
    }

    private static func drive(
        port: Int, until end: ContinuousClock.Instant, next: () -> [UInt8]
    ) throws -> ([Double], Int) {
        let socket = try HTTPSocket(port: port)
        var times: [Double] = []
        var failures = 0
        while ContinuousClock.now < end {
            let request = next()
            let begun = ContinuousClock.now
            let status = try socket.exchange(request)
            let took = (ContinuousClock.now - begun).components
            times.append(Double(took.seconds) * 1e3 + Double(took.attoseconds) / 1e15)
            if status != 200 { failures += 1 }
        }
        return (times, failures)
    }

    /// A POST as bytes.
    static func post(_ path: String, headers: [String], body: [UInt8]) -> [UInt8] {
        var head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        for header in headers { head += header + "\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}

/// A blocking connection to this machine that sends a request and reads its answer.
private final class HTTPSocket {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    init(port: Int) throws {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure("no socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var on: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard connected == 0 else { throw CommandFailure("port \(port) does not answer") }
    }

    deinit { close(descriptor) }

    /// The status of the answer, whose body is read to its end.
    func exchange(_ request: [UInt8]) throws -> Int {
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw CommandFailure("the connection was closed") }
            sent += count
        }
        var received = 0
        while true {
            let count = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress?.advanced(by: received), $0.count - received, 0)
            }
            guard count > 0 else { throw CommandFailure("the connection was closed") }
            received += count
            if let end = Self.end(of: buffer[..<received]), received >= end.total {
                return end.status
            }
            if received == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        }
    }

    /// Where the answer ends and its status, once its head is whole.
    private static func end(of bytes: ArraySlice<UInt8>) -> (total: Int, status: Int)? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard let head = bytes.firstRange(of: blank) else { return nil }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = lines.lazy.filter { $0.lowercased().hasPrefix("content-length:") }.first
            .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        return (head.upperBound + (length ?? 0), status)
    }
}
