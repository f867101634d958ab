import Foundation

/// What a load generator saw.
struct LoadResult: Sendable {
    /// Milliseconds of each answered request, ascending.
    let milliseconds: [Double]
    /// Bytes of the answers' bodies.
    let bytes: Int
    /// Seconds from the first request to the last answer.
    let elapsed: Double
    /// Processor seconds that the generator itself took.
    let processorSeconds: Double

    /// Answered requests a second.
    var rate: Double { Double(milliseconds.count) / elapsed }

    /// The generator's own microseconds a request.
    var microsecondsPerRequest: Double {
        processorSeconds * 1e6 / Double(max(1, milliseconds.count))
    }

    /// The time within which that share of the requests was answered.
    func percentile(_ share: Double) -> Double { Statistics.percentile(share, of: milliseconds) }

    /// The times at ``Curve/percentiles``.
    var curve: [Double] { Curve.points(of: milliseconds) }
}

/// A load over keep-alive connections to a port of this machine, from one thread.
struct LoadGenerator {
    let port: Int
    let connections: Int

    /// Runs a client a connection for a while, after a time that is not counted.
    ///
    /// - Parameter client: makes the client of each connection, numbered from 0.
    func run(
        for duration: Double, warmUp: Double = 0.3,
        _ client: (Int, LoadMeter) throws -> any LoadClient
    ) throws -> LoadResult {
        let meter = LoadMeter()
        let loop = try LoadLoop(
            port: port, clients: (0..<connections).map { try client($0, meter) })
        try loop.run(until: Stopwatch.now + UInt64(warmUp * 1e9))
        meter.clear()
        return try Self.result(of: meter) {
            try loop.run(until: Stopwatch.now + UInt64(duration * 1e9))
        }
    }

    /// Runs a client a connection until all have finished.
    func runToEnd(_ client: (Int, LoadMeter) throws -> any LoadClient) throws -> LoadResult {
        let meter = LoadMeter()
        let loop = try LoadLoop(
            port: port, clients: (0..<connections).map { try client($0, meter) })
        return try Self.result(of: meter) { try loop.run() }
    }

    private static func result(of meter: LoadMeter, _ body: () throws -> Void) throws -> LoadResult
    {
        let processor = ProcessorTime.ofThisThread
        let elapsed = try Stopwatch.seconds(body)
        guard !meter.milliseconds.isEmpty else { throw CommandFailure("no request was answered") }
        return LoadResult(
            milliseconds: meter.milliseconds.sorted(), bytes: meter.bytes, elapsed: elapsed,
            processorSeconds: ProcessorTime.ofThisThread - processor)
    }
}

/// A client that sends one request again and again: the empty request, a file.
final class RepeatedRequest: LoadClient {
    private let request: [UInt8]
    private let meter: LoadMeter

    init(_ request: [UInt8], _ meter: LoadMeter) {
        self.request = request
        self.meter = meter
    }

    func next(at now: UInt64) -> LoadStep { .send(request) }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
        try meter.count(answer, nanoseconds: now - sent)
    }
}
