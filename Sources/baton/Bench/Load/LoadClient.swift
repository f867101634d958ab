import Foundation

/// What one connection does next.
enum LoadStep {
    /// Sends this request; its answer will be handed over.
    case send([UInt8])
    /// Sends this request, whose answer goes on: its body is handed over as it comes.
    case listen([UInt8])
    /// Does nothing before this moment of the ``Stopwatch``.
    case wait(until: UInt64)
    /// Has nothing more to do in this run of the load.
    case finish
}

/// One device of a load, on a connection of its own. Called from one thread.
protocol LoadClient: AnyObject {
    /// What it does at the moment `now`; asked again when that is done.
    func next(at now: UInt64) -> LoadStep

    /// Takes the answer to its last request, which was sent at `sent`.
    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws

    /// Takes a piece of an answer that goes on.
    func received(_ bytes: [UInt8], at now: UInt64) throws
}

extension LoadClient {
    func received(_ bytes: [UInt8], at now: UInt64) throws {}
}

/// Moments of the monotonic clock.
enum Stopwatch {
    /// Nanoseconds since some moment in the past.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// How long `body` takes, in seconds.
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let begun = now
        try body()
        return Double(now - begun) / 1e9
    }
}

/// What the clients of a load count together.
final class LoadMeter {
    /// Milliseconds of each answered request.
    private(set) var milliseconds: [Double] = []
    /// Bytes of answered bodies.
    private(set) var bytes = 0

    /// Counts an answer; a status other than 200 ends the measurement, for it would not be of
    /// what it says.
    func count(_ answer: HTTPAnswer, nanoseconds: UInt64) throws {
        guard answer.status == 200 else {
            throw CommandFailure(
                "a request was answered \(answer.status): "
                    + String(decoding: answer.body.prefix(500), as: UTF8.self))
        }
        milliseconds.append(Double(nanoseconds) / 1e6)
        bytes += answer.body.count
    }

    /// Counts a time that is no request's.
    func count(nanoseconds: UInt64) { milliseconds.append(Double(nanoseconds) / 1e6) }

    /// Forgets what was counted, for what came so far only warmed up.
    func clear() {
        milliseconds.removeAll(keepingCapacity: true)
        bytes = 0
    }
}

/// Requests as bytes.
enum HTTPRequest {
    /// A POST.
    static func post(_ path: String, headers: [String], body: [UInt8]) -> [UInt8] {
        head("POST", path, headers + ["Content-Length: \(body.count)"]) + body
    }

    /// A GET.
    static func get(_ path: String, headers: [String]) -> [UInt8] { head("GET", path, headers) }

    /// The headers with which a device asks for protobuf.
    static func headers(token: String) -> [String] {
        [
            "Authorization: Bearer \(token)", "Content-Type: application/x-protobuf",
            "Accept: application/x-protobuf",
        ]
    }

    private static func head(_ method: String, _ path: String, _ headers: [String]) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for header in headers { head += header + "\r\n" }
        return Array((head + "\r\n").utf8)
    }
}
