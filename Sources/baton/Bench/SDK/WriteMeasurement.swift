import BatonSync

/// What an app waits for when it writes with no network.
struct WriteMeasurement: Benchmark {
    let scale: BenchScale

    static let p50 = Figure("p50Milliseconds", "a write, p50", .milliseconds)
    static let p99 = Figure("p99Milliseconds", "a write, p99", .milliseconds)
    static let syncP50 = Figure("fsyncP50Milliseconds", "limit: one fsync, p50", .milliseconds)
    static let syncP99 = Figure("fsyncP99Milliseconds", "limit: one fsync, p99", .milliseconds)
    static let beyond = Figure(
        "beyondFsyncMilliseconds", "a write beyond one fsync, p50", .milliseconds)

    let name = "sdk-write"
    let title = "SDK: a local write"
    let explanation = """
        A device with its store on disk and no network edits a cart of 20 lines; each edit is on disk \
        before the next one begins. Beside it, in turns so that the disk is the same: 4 KiB appended to a \
        file and one fdatasync.
        """
    let figures = [p50, p99, syncP50, syncP99, beyond]
    let bars = [Bar(beyond, .atMost(0.3))]

    /// Writes and fsyncs take turns, so many of each at a time.
    private static let turn = 50
    private var turns: Int { scale.pick(20, quick: 4, tiny: 1) }

    func run(in folder: String) async throws -> RunResult {
        let store = folder + "/device-\(UInt64.random(in: 0..<(.max))).db"
        var (writes, syncs): ([Double], [Double]) = ([], [])
        try await withSyncClient(store: .file(store), server: nil, channel: "app") { client in
            let cart = try client.stream("written").cart()
            try await cart.edit { cart in
                for line in 0..<20 {
                    cart.add(
                        "sku-\(line)", title: "Linen shirt, blue, 42", price: Money(1_999, "EUR"))
                }
            }
            for turn in 0..<turns {
                for number in 0..<Self.turn {
                    let begun = Stopwatch.now
                    try await cart.add("sku-\((turn * Self.turn + number) % 20)")
                    writes.append(Double(Stopwatch.now - begun) / 1e6)
                }
                syncs += try BareFile.syncs(file: folder + "/synced", count: Self.turn)
            }
        }
        writes.sort()
        syncs.sort()
        var result = RunResult()
        result[Self.p50] = Statistics.percentile(0.5, of: writes)
        result[Self.p99] = Statistics.percentile(0.99, of: writes)
        result[Self.syncP50] = Statistics.percentile(0.5, of: syncs)
        result[Self.syncP99] = Statistics.percentile(0.99, of: syncs)
        result[Self.beyond] = result[Self.p50] - result[Self.syncP50]
        result.add("a write", Curve.points(of: writes))
        result.add("one fsync", Curve.points(of: syncs))
        return result
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [.curves(CurveChart(title: "Time of a write", report: report))]
    }
}
