import BatonCore
import BatonSync
import BatonWire

/// How fast a device that was away takes in what it pulls.
struct ApplyMeasurement: Benchmark {
    let scale: BenchScale

    static let rate = Figure("eventsPerSecond", "events taken in, answers at hand", .perSecond)
    static let served = Figure(
        "servedEventsPerSecond", "events taken in, with a server to ask", .perSecond)
    static let core = Figure(
        "coreEventsPerSecond", "limit: decoded and folded by the core alone", .perSecond)
    static let toCore = Figure("appliedToCore", "taken in to the core alone", .ratio)
    static let events = Figure("events", "events of the history", .count)
    static let requests = Figure("requests", "requests", .count)
    static let before = Figure("memoryBeforeBytes", "resident before the pull", .bytes)
    static let after = Figure("memoryAfterBytes", "resident after the pull", .bytes)

    let name = "sdk-apply"
    var title: String { "SDK: \(Quantity.grouped(Double(length))) pulled events taken in" }
    let explanation = """
        A new device, its store on disk, pulls the history of a cart of 50 lines: decoded, merged, stored, \
        and the state's hash compared. The server's answers are recorded, and then given at once to other \
        new devices, whose time is the SDK's alone. Beside it: the same events decoded and folded on one \
        thread. Memory is that of a process that does nothing else, with an HTTP client in it, as Linux \
        counts its resident pages.
        """
    let figures = [rate, served, core, toCore, events, requests, before, after]
    let bars = [Bar(rate, .atLeast(100_000))]

    private var length: Int { scale.pick(10_000, quick: 2_000, tiny: 60) }
    private var times: Int { scale.pick(5, quick: 2, tiny: 1) }
    private static let stream = "long"
    private static let history = CartHistory(lines: 50)

    func prepare(in folder: String) async throws {
        try await LogFilling.with(folder + "/data") { log in
            try await LogFilling.fill(
                log, streams: [Self.stream], history: Self.history, events: length, push: 20)
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let replies = try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            let address = "http://127.0.0.1:\(server.port)"
            let recorder = RecordingTransport(try HTTPTransport(server: address))
            let seconds = try await pull(recorder, token: server.token, in: folder)
            result[Self.served] = Double(length) / seconds
            let memory = try DeviceMemory.pulling(
                Self.stream, from: address, token: server.token, to: newStore(in: folder))
            (result[Self.before], result[Self.after]) = (memory.before, memory.after)
            return recorder.replies
        }
        var seconds: [Double] = []
        for _ in 0..<times {
            seconds.append(
                try await pull(ReplayingTransport(replies), token: "replayed", in: folder))
        }
        result[Self.rate] = Double(length) / Statistics.median(seconds)
        result[Self.core] = Double(length) / (try coreSeconds())
        result[Self.toCore] = result[Self.rate] / result[Self.core]
        result[Self.events] = Double(length)
        result[Self.requests] = Double(replies.count)
        return result
    }

    /// Seconds that a new device takes until it has all.
    private func pull(
        _ transport: any SyncTransport, token: String, in folder: String
    ) async throws -> Double {
        var options = SyncOptions()
        options.transport = transport
        return try await withSyncClient(
            store: .file(newStore(in: folder)), server: nil, channel: "app", token: .fixed(token),
            options: options
        ) { client in
            let stream = try client.stream(Self.stream)
            let begun = Stopwatch.now
            try await client.sync()
            let seconds = Double(Stopwatch.now - begun) / 1e9
            let offset = stream.confirmedState.offset.rawValue
            guard offset == UInt64(length) else {
                throw CommandFailure("\(offset) of \(length) events were taken in")
            }
            return seconds
        }
    }

    private func newStore(in folder: String) -> String {
        folder + "/device-\(UInt64.random(in: 0..<(.max))).db"
    }

    /// Seconds that the core takes for the same events: the median.
    private func coreSeconds() throws -> Double {
        let encodings = try (0..<length).map { try Self.history.event($0) }
        let replica = ReplicaID(high: 0, low: 1)
        return try Statistics.median(
            (0..<times).map { _ in
                try Stopwatch.seconds {
                    var state = StreamState()
                    for (index, bytes) in encodings.enumerated() {
                        let number = UInt64(index + 1)
                        let entry = try Entry(
                            encoded: bytes, dot: Dot(replica, Counter(rawValue: number)))
                        state.apply(
                            entry, at: Offset(rawValue: number), schemas: BuiltinSchemas.all)
                    }
                }
            })
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Events a second", unit: .perSecond,
                    items: [
                        .init("taken in", report[Self.rate], .ours),
                        .init("with a server to ask", report[Self.served], .ours),
                        .init("the core alone", report[Self.core], .limit),
                    ], mark: .init("at least", 100_000)))
        ]
    }
}
