import BatonCore

/// What the server holds of the machine's memory.
struct MemoryMeasurement: Benchmark {
    let scale: BenchScale

    static let idle = Figure("idleBytes", "server, just started", .bytes)
    static let loaded = Figure("loadedBytes", "server, after a load of pushes", .bytes)
    static let peak = Figure("peakBytes", "server, at most during that load", .bytes)
    static let few = Figure("fewSubscribersBytes", "server with few subscribers", .bytes)
    static let some = Figure("thousandSubscribersBytes", "server with 1,000 subscribers", .bytes)
    static let many = Figure(
        "tenThousandSubscribersBytes", "server with 10,000 subscribers", .bytes)
    static let eachOfSome = Figure(
        "bytesPerSubscriberOfThousand", "an idle subscriber, of 1,000", .bytes)
    static let eachOfMany = Figure(
        "bytesPerSubscriberOfTenThousand", "an idle subscriber, of 10,000", .bytes)

    let name = "memory"
    let title = "Memory: idle, loaded, and with subscribers that wait"
    var explanation: String {
        """
        Resident bytes of the server's process. A subscriber holds a live answer of a stream of its \
        own; its share is what the process grew by from \(counts[0]) subscribers to \
        \(Quantity.grouped(Double(counts[1]))) and to \(Quantity.grouped(Double(counts[2]))), \
        divided by their number. The clients are in another process.
        """
    }
    let figures = [idle, loaded, peak, few, some, many, eachOfSome, eachOfMany]
    var headline: Figure? { Self.eachOfMany }
    let bars = [Bar(eachOfSome, .atMost(20 * 1024)), Bar(eachOfMany, .atMost(20 * 1024))]

    /// Numbers of subscribers; a server's limit is 10,000.
    private var counts: [Int] {
        scale.pick([100, 1_000, 10_000], quick: [100, 500, 1_000], tiny: [2, 5, 10])
    }

    func prepare(in folder: String) async throws {
        let names = (0..<(counts[2])).map { "waiting-\($0)" }
        try await LogFilling.with(folder + "/data") { log in
            try await LogFilling.fill(
                log, streams: names, history: CartHistory(lines: 1), events: 1, push: 1)
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let pushed = folder + "/pushed-\(UInt64.random(in: 0..<(.max)))"
        try await BenchServer.with(BenchServer.serving(pushed)) { server in
            try await settle()
            result[Self.idle] = Double(try ProcessMemory.resident(of: server.process))
            let sample = try PushSample(events: 20)
            _ = try LoadGenerator(port: server.port, connections: scale.connections)
                .run(for: scale.seconds, warmUp: 0) { number, meter in
                    PushClient(
                        "loaded-\(number)",
                        replica: ReplicaID(high: 0x10AD, low: UInt64(number) + 1),
                        sample: sample, token: server.token, meter: meter)
                }
            try await settle()
            result[Self.loaded] = Double(try ProcessMemory.resident(of: server.process))
            result[Self.peak] = Double(try ProcessMemory.peak(of: server.process))
        }
        try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            var (loops, listeners): ([LoadLoop], [LiveListener]) = ([], [])
            var sizes: [Double] = []
            for count in counts {
                let more = (listeners.count..<count).map {
                    LiveListener("waiting-\($0)", token: server.token, board: nil)
                }
                listeners += more
                let waiting = ArrivalWatcher(more)
                let loop = try LoadLoop(port: server.port, clients: more + [waiting])
                try loop.run()
                guard more.allSatisfy(\.hasBegun) else {
                    throw CommandFailure("\(count) subscriptions did not begin within a minute")
                }
                loops.append(loop)
                try await settle()
                sizes.append(Double(try ProcessMemory.resident(of: server.process)))
            }
            (result[Self.few], result[Self.some], result[Self.many]) = (
                sizes[0], sizes[1], sizes[2]
            )
            withExtendedLifetime(loops) {}
        }
        result[Self.eachOfSome] =
            (result[Self.some] - result[Self.few]) / Double(counts[1] - counts[0])
        result[Self.eachOfMany] =
            (result[Self.many] - result[Self.few]) / Double(counts[2] - counts[0])
        return result
    }

    private func settle() async throws {
        try await Task.sleep(for: .milliseconds(scale.pick(1_000, quick: 300, tiny: 20)))
    }

    func charts(_ report: SectionReport) -> [Chart] {
        let subscribers = counts.map { Quantity.grouped(Double($0)) + " subscribers" }
        return [
            .bars(
                BarChart(
                    title: "The server's resident memory", unit: .bytes,
                    items: [
                        .init("just started", report[Self.idle], .ours),
                        .init("after pushes", report[Self.loaded], .ours),
                        .init("at most", report[Self.peak], .other),
                        .init(subscribers[0], report[Self.few], .ours),
                        .init(subscribers[1], report[Self.some], .ours),
                        .init(subscribers[2], report[Self.many], .ours),
                    ])),
            .bars(
                BarChart(
                    title: "An idle subscriber", unit: .bytes,
                    items: [
                        .init(
                            "of " + Quantity.grouped(Double(counts[1])), report[Self.eachOfSome],
                            .ours),
                        .init(
                            "of " + Quantity.grouped(Double(counts[2])), report[Self.eachOfMany],
                            .ours),
                    ], mark: .init("at most", 20 * 1024))),
        ]
    }
}

/// Keeps a load going until all listeners have had something, or a minute has passed.
private final class ArrivalWatcher: LoadClient {
    private let listeners: [LiveListener]
    private let end = Stopwatch.now + 60_000_000_000

    init(_ listeners: [LiveListener]) { self.listeners = listeners }

    func next(at now: UInt64) -> LoadStep {
        now >= end || listeners.allSatisfy(\.hasBegun) ? .finish : .wait(until: now + 20_000_000)
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {}
}
