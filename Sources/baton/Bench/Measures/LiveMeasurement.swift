import BatonCore

/// The time from a push to the other device that listens.
struct LiveMeasurement: Benchmark {
    let scale: BenchScale

    static let p50 = Figure("p50Milliseconds", "push to the other device, p50", .milliseconds)
    static let p99 = Figure("p99Milliseconds", "push to the other device, p99", .milliseconds)
    static let acknowledged50 = Figure(
        "acknowledgedP50Milliseconds", "push to its answer, p50", .milliseconds)
    static let acknowledged99 = Figure(
        "acknowledgedP99Milliseconds", "push to its answer, p99", .milliseconds)
    static let serverCost = Figure(
        "serverMicrosecondsPerPush", "server's processor time a push, delivery with it",
        .microseconds)
    static let pushes = Figure("pushes", "pushes", .count)
    static let sync50 = Figure(
        "fsyncP50Milliseconds", "limit: one fsync of 4 KiB, p50", .milliseconds)
    static let sync99 = Figure(
        "fsyncP99Milliseconds", "limit: one fsync of 4 KiB, p99", .milliseconds)
    static let over50 = Figure("p50BeyondFsync", "p50 beyond one fsync", .milliseconds)
    static let over99 = Figure("p99BeyondFourFsyncs", "p99 beyond four fsyncs", .milliseconds)

    let name = "live"
    let title = "Live: 100 pushes a second, to the other device"
    var explanation: String {
        """
        \(pairs) customers, each with a device that pushes at fixed moments and one that listens; \
        100 pushes a second in all. The time is from the moment of the push until the other device \
        has the event. Beside it: one fsync (its p50, in both bars).
        """
    }
    let figures = [
        p50, p99, acknowledged50, acknowledged99, serverCost, pushes, sync50, sync99, over50,
        over99,
    ]
    let bars = [Bar(over50, .atMost(2)), Bar(over99, .atMost(10))]

    private var pairs: Int { scale.pick(20, quick: 20, tiny: 2) }
    private var seconds: Double { scale.pick(10, quick: 2, tiny: 0.2) }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let syncs = try BareFile.syncs(file: folder + "/synced", count: scale.syncs)
        result[Self.sync50] = Statistics.percentile(0.5, of: syncs)
        result[Self.sync99] = Statistics.percentile(0.99, of: syncs)
        let data = folder + "/data-\(UInt64.random(in: 0..<(.max)))"
        var boards: [LiveBoard] = []
        try await BenchServer.with(BenchServer.serving(data)) { server in
            let processor = try server.processorSeconds {
                boards = try push(server)
            }
            let pushes = boards.reduce(0) { $0 + $1.acknowledged.milliseconds.count }
            result[Self.serverCost] = processor * 1e6 / Double(max(1, pushes))
            result[Self.pushes] = Double(pushes)
        }
        let missing = boards.reduce(0) { $0 + $1.missing }
        guard missing == 0 else { throw CommandFailure("\(missing) events did not arrive") }
        let delivered = boards.flatMap(\.delivered.milliseconds).sorted()
        let acknowledged = boards.flatMap(\.acknowledged.milliseconds).sorted()
        result[Self.p50] = Statistics.percentile(0.5, of: delivered)
        result[Self.p99] = Statistics.percentile(0.99, of: delivered)
        result[Self.acknowledged50] = Statistics.percentile(0.5, of: acknowledged)
        result[Self.acknowledged99] = Statistics.percentile(0.99, of: acknowledged)
        result[Self.over50] = result[Self.p50] - result[Self.sync50]
        result[Self.over99] = result[Self.p99] - 4 * result[Self.sync50]
        result.add("other device", Curve.points(of: delivered))
        result.add("answer", Curve.points(of: acknowledged))
        result.add("one fsync", Curve.points(of: syncs))
        return result
    }

    /// Pushes and listens until all has arrived, or two seconds longer.
    private func push(_ server: BenchServer) throws -> [LiveBoard] {
        let sample = try PushSample(events: 1)
        let boards = (0..<pairs).map { _ in LiveBoard() }
        let count = max(1, Int(seconds * 100) / pairs)
        let interval = UInt64(pairs) * 10_000_000
        let start = Stopwatch.now + 500_000_000
        var clients: [any LoadClient] = []
        for (pair, board) in boards.enumerated() {
            let stream = "pair-\(pair)"
            clients.append(LiveListener(stream, token: server.token, board: board))
            clients.append(
                SteadyPusher(
                    stream, replica: ReplicaID(high: 0x11FE, low: UInt64(pair) + 1),
                    sample: sample, token: server.token, board: board,
                    start: start + UInt64(pair) * 10_000_000, interval: interval, count: count))
        }
        // Keeps the loop going until the last event is there.
        let watcher = Watcher(until: start + UInt64((seconds + 2) * 1e9)) {
            boards.allSatisfy {
                $0.acknowledged.milliseconds.count == count && $0.missing == 0
            }
        }
        try LoadLoop(port: server.port, clients: clients + [watcher]).run()
        return boards
    }

    func charts(_ report: SectionReport) -> [Chart] {
        let sync = report[Self.sync50]
        return [
            .curves(
                CurveChart(
                    title: "Time until the event is there", report: report,
                    marks: [
                        .init(label: "one fsync + 2 ms", percentile: 50, milliseconds: sync + 2),
                        .init(
                            label: "four fsyncs + 10 ms", percentile: 99,
                            milliseconds: 4 * sync + 10),
                    ]))
        ]
    }
}

/// Sends nothing; keeps a load going until a condition holds, or a moment has come.
private final class Watcher: LoadClient {
    private let end: UInt64
    private let isDone: () -> Bool

    init(until end: UInt64, _ isDone: @escaping () -> Bool) {
        self.end = end
        self.isDone = isDone
    }

    func next(at now: UInt64) -> LoadStep {
        now >= end || isDone() ? .finish : .wait(until: now + 20_000_000)
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {}
}
