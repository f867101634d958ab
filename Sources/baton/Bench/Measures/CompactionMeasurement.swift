import BatonCore
import Foundation

/// Compaction beside a server that is used meanwhile.
struct CompactionMeasurement: Benchmark {
    let scale: BenchScale

    static let folded = Figure(
        "foldedEventsPerCoreSecond", "events compacted a second of processor time", .perSecond)
    static let rate = Figure(
        "compactedEventsPerSecond", "events compacted a second, beside the load", .perSecond)
    static let events = Figure("events", "events compacted", .count)
    static let before50 = Figure("p50Milliseconds", "push without it, p50", .milliseconds)
    static let before99 = Figure("p99Milliseconds", "push without it, p99", .milliseconds)
    static let beside50 = Figure("besideP50Milliseconds", "push beside it, p50", .milliseconds)
    static let beside99 = Figure("besideP99Milliseconds", "push beside it, p99", .milliseconds)
    static let pushes = Figure("besidePushes", "pushes beside it", .count)
    static let slower = Figure("p99ToWithout", "p99 beside it to that without", .ratio)

    let name = "compaction"
    let title = "Compaction beside a live server"
    var explanation: String {
        """
        \(streams) customers' streams of \(length) events each are compacted to their heads by \
        `baton compact`, while a server over the same log takes \(pushers * 10) pushes a second for \
        other customers at fixed moments. Beside it: the same pushes, with nothing else going on.
        """
    }
    let figures = [
        folded, rate, events, before50, before99, beside50, beside99, pushes, slower,
    ]
    let bars = [Bar(folded, .atLeast(200_000)), Bar(slower, .atMost(1.5))]

    private var streams: Int { scale.pick(400, quick: 50, tiny: 4) }
    private var length: Int { scale.pick(1_000, quick: 200, tiny: 20) }
    private var pushers: Int { scale.pick(30, quick: 10, tiny: 2) }
    private var seconds: Double { scale.pick(8, quick: 1, tiny: 0.2) }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let data = folder + "/\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: data) }
        let names = (0..<streams).map { "kept-\($0)" }
        try await LogFilling.with(data) { log in
            try await LogFilling.fill(
                log, streams: names, history: CartHistory(lines: 50), events: length, push: 20)
        }
        try await BenchServer.with(BenchServer.serving(data)) { server in
            let quiet = LiveBoard()
            try pushes(server, named: "quiet", quiet).run(
                until: Stopwatch.now + UInt64(seconds * 1e9))
            let busy = LiveBoard()
            let loop = try pushes(server, named: "busy", busy)
            let processor = ProcessorTime.ofChildren
            let begun = Stopwatch.now
            let process = try OwnProgram.compact(data)
            repeat { try loop.run(until: Stopwatch.now + 100_000_000) } while process.isRunning
            let elapsed = Double(Stopwatch.now - begun) / 1e9
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw CommandFailure("the compaction failed")
            }
            let count = Double(streams * length)
            result[Self.events] = count
            result[Self.rate] = count / elapsed
            result[Self.folded] = count / (ProcessorTime.ofChildren - processor)
            let (before, beside) = (
                quiet.acknowledged.milliseconds.sorted(), busy.acknowledged.milliseconds.sorted()
            )
            result[Self.before50] = Statistics.percentile(0.5, of: before)
            result[Self.before99] = Statistics.percentile(0.99, of: before)
            result[Self.beside50] = Statistics.percentile(0.5, of: beside)
            result[Self.beside99] = Statistics.percentile(0.99, of: beside)
            result[Self.pushes] = Double(beside.count)
            result.add("beside compaction", Curve.points(of: beside))
            result.add("without", Curve.points(of: before))
        }
        result[Self.slower] = result[Self.beside99] / result[Self.before99]
        return result
    }

    /// Ten pushes a second by each of the pushers.
    private func pushes(
        _ server: BenchServer, named name: String, _ board: LiveBoard
    ) throws -> LoadLoop {
        let sample = try PushSample(events: 1)
        let start = Stopwatch.now
        let interval: UInt64 = 100_000_000
        return try LoadLoop(
            port: server.port,
            clients: (0..<pushers).map { number in
                SteadyPusher(
                    "\(name)-\(number)", replica: ReplicaID(high: 0xC0, low: UInt64(number) + 1),
                    sample: sample, token: server.token, board: board,
                    start: start + interval * UInt64(number) / UInt64(pushers),
                    interval: interval, count: .max)
            })
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .curves(CurveChart(title: "Time to a push's answer", report: report)),
            .bars(
                BarChart(
                    title: "Events compacted a second", unit: .perSecond,
                    items: [
                        .init("on one core", report[Self.folded], .ours),
                        .init("beside the load", report[Self.rate], .other),
                    ], mark: .init("at least", 200_000))),
        ]
    }
}
