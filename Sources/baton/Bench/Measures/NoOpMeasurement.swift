import BatonSync
import Synchronization

/// A device that has everything, asks whether there is more, and hears that there is not.
struct NoOpMeasurement: Benchmark {
    let scale: BenchScale

    static let roundTrips = Figure("roundTrips", "round trips", .count)
    static let sent = Figure("bytesSent", "bytes sent beyond HTTP headers", .bytes)
    static let received = Figure("bytesReceived", "bytes received beyond HTTP headers", .bytes)
    static let p50 = Figure("p50Milliseconds", "a sync by the SDK, p50", .milliseconds)
    static let p99 = Figure("p99Milliseconds", "a sync by the SDK, p99", .milliseconds)
    static let empty = Figure(
        "emptyMilliseconds", "limit: empty POST on one connection, p50", .milliseconds)
    static let toEmpty = Figure("syncToEmptyRequest", "sync to an empty POST", .ratio)

    let name = "no-op"
    let title = "No-op sync: nothing to send, nothing new"
    let explanation = """
        The SDK, with its store on disk, syncs a stream of 100 events that it has already, again and \
        again, and what goes over its transport is counted. Beside it: an empty POST.
        """
    let figures = [roundTrips, sent, received, p50, p99, empty, toEmpty]
    var headline: Figure? { Self.p50 }
    let bars = [
        Bar(roundTrips, .atMost(1)), Bar(sent, .atMost(200)), Bar(received, .atMost(200)),
    ]

    private var times: Int { scale.pick(500, quick: 100, tiny: 5) }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let data = folder + "/data-\(UInt64.random(in: 0..<(.max)))"
        try await LogFilling.with(data) { log in
            try await LogFilling.fill(
                log, streams: ["synced"], history: CartHistory(lines: 20), events: 100, push: 20)
        }
        let times = try await BenchServer.with(BenchServer.serving(data)) { server in
            let transport = CountingTransport(
                try HTTPTransport(server: "http://127.0.0.1:\(server.port)"))
            var options = SyncOptions()
            options.transport = transport
            return try await withSyncClient(
                store: .file(data + "/device.db"), server: nil, channel: "app",
                token: .fixed(server.token), options: options
            ) { client in
                _ = try client.stream("synced")
                try await client.sync()
                transport.clear()
                var milliseconds: [Double] = []
                for _ in 0..<self.times {
                    let begun = Stopwatch.now
                    try await client.sync()
                    milliseconds.append(Double(Stopwatch.now - begun) / 1e6)
                }
                let traffic = transport.traffic
                let count = Double(self.times)
                result[Self.roundTrips] = Double(traffic.requests) / count
                result[Self.sent] = Double(traffic.sent) / count
                result[Self.received] = Double(traffic.received) / count
                return milliseconds.sorted()
            }
        }
        result[Self.p50] = Statistics.percentile(0.5, of: times)
        result[Self.p99] = Statistics.percentile(0.99, of: times)
        result.add("no-op sync", Curve.points(of: times))
        let empty = try await BenchServer.with(["bench", "empty-server"]) { server in
            try LoadGenerator(port: server.port, connections: 1).run(for: scale.seconds / 3) {
                RepeatedRequest(HTTPRequest.post("/empty", headers: [], body: []), $1)
            }
        }
        result.add("empty POST", empty.curve)
        result[Self.empty] = empty.percentile(0.5)
        result[Self.toEmpty] = result[Self.p50] / result[Self.empty]
        return result
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Bytes beyond HTTP headers", unit: .bytes,
                    items: [
                        .init("sent", report[Self.sent], .ours),
                        .init("received", report[Self.received], .ours),
                    ], mark: .init("at most", 200))),
            .curves(CurveChart(title: "Time of a sync", report: report)),
        ]
    }
}

/// Carries requests on, and counts what their bodies weigh.
final class CountingTransport: SyncTransport {
    struct Traffic {
        var requests = 0
        var sent = 0
        var received = 0
    }

    private let network: any SyncTransport
    private let counted = Mutex(Traffic())

    init(_ network: any SyncTransport) { self.network = network }

    /// Since the last ``clear()``.
    var traffic: Traffic { counted.withLock { $0 } }

    func clear() { counted.withLock { $0 = Traffic() } }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let reply = try await network.send(call)
        counted.withLock {
            $0.requests += 1
            $0.sent += call.body.count
            $0.received += reply.body.count
        }
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }
}
