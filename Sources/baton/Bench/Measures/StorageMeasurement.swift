import BatonCore
import BatonLog
import Foundation

/// What the log takes on disk, beside what its events and its live state are.
struct StorageMeasurement: Benchmark {
    let scale: BenchScale

    static let eventBytes = Figure("eventBytes", "an event's own protobuf bytes", .bytes)
    static let diskBytes = Figure("diskBytesPerEvent", "on disk, pushed 20 at a time", .bytes)
    static let singleBytes = Figure(
        "diskBytesPerSingleEvent", "on disk, pushed one at a time", .bytes)
    static let toEvents = Figure("diskToEvents", "disk to events, pushed 20 at a time", .ratio)
    static let singleToEvents = Figure(
        "singleDiskToEvents", "disk to events, pushed one at a time", .ratio)
    static let liveBytes = Figure("liveStateBytes", "live state of all streams", .bytes)
    static let compactedBytes = Figure("compactedBytes", "on disk after compaction", .bytes)
    static let toLive = Figure("compactedToLiveState", "compacted disk to live state", .ratio)

    let name = "storage"
    var title: String { "Storage: \(streams) customers × \(events) events" }
    var explanation: String {
        """
        Each customer's cart of \(lines) lines is edited \(events) times, some 200 bytes an event. \
        The log's files are weighed when it is closed; then every stream is compacted to its head, \
        and they are weighed again. Beside it: the events' own bytes, and the live state's.
        """
    }
    let figures = [
        eventBytes, diskBytes, singleBytes, toEvents, singleToEvents, liveBytes, compactedBytes,
        toLive,
    ]
    var headline: Figure? { Self.diskBytes }
    let bars = [
        Bar(toEvents, .atMost(1.2)), Bar(singleToEvents, .atMost(1.2)), Bar(toLive, .atMost(1.2)),
    ]

    private var streams: Int { scale.pick(100, quick: 20, tiny: 2) }
    private var events: Int { scale.pick(1_000, quick: 200, tiny: 20) }
    private var lines: Int { scale.pick(50, quick: 20, tiny: 5) }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let history = CartHistory(lines: lines)
        let names = (0..<streams).map { "customer-\($0)" }
        let own = try (0..<events).reduce(0) { $0 + (try history.event($1).count) }
        let total = Double(events * streams)
        result[Self.eventBytes] = Double(own) / Double(events)
        for (push, figure) in [(20, Self.diskBytes), (1, Self.singleBytes)] {
            let data = folder + "/data"
            try await LogFilling.with(data) { log in
                try await LogFilling.fill(
                    log, streams: names, history: history, events: events, push: push)
            }
            result[figure] = Double(try LogFilling.bytes(in: data)) / total
            if push == 20 { try await compact(data, &result) }
            try FileManager.default.removeItem(atPath: data)
        }
        result[Self.toEvents] = result[Self.diskBytes] / result[Self.eventBytes]
        result[Self.singleToEvents] = result[Self.singleBytes] / result[Self.eventBytes]
        result[Self.toLive] = result[Self.compactedBytes] / result[Self.liveBytes]
        return result
    }

    /// Compacts each stream to its head. What it holds then is its live state, and nothing else.
    private func compact(_ data: String, _ result: inout RunResult) async throws {
        try OwnProgram.compact(data).waitUntilExit()
        result[Self.compactedBytes] = Double(try LogFilling.bytes(in: data))
        var live = 0
        try await LogFilling.with(data) { log in
            let tenant = try LogFilling.tenant()
            for number in 0..<streams {
                let key = StreamKey(tenant: tenant, stream: try StreamID("customer-\(number)"))
                guard let base = try await log.snapshot(of: key, .base) else {
                    throw CommandFailure("the compaction left \(key.stream) as it was")
                }
                live += base.body.count
            }
        }
        result[Self.liveBytes] = Double(live)
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Bytes an event, before compaction", unit: .bytes,
                    items: [
                        .init("pushed 20 at a time", report[Self.diskBytes], .ours),
                        .init("pushed one at a time", report[Self.singleBytes], .ours),
                        .init("the event itself", report[Self.eventBytes], .limit),
                    ], mark: .init("1.2 × the event", report[Self.eventBytes] * 1.2))),
            .bars(
                BarChart(
                    title: "Bytes of all streams, after compaction", unit: .bytes,
                    items: [
                        .init(
                            "on disk before", report[Self.diskBytes] * Double(streams * events),
                            .other),
                        .init("on disk after", report[Self.compactedBytes], .ours),
                        .init("live state", report[Self.liveBytes], .limit),
                    ], mark: .init("1.2 × live state", report[Self.liveBytes] * 1.2))),
        ]
    }
}
