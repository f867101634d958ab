import BatonCore
import Foundation

/// A server over a large log beside one over a small log.
struct StartUpMeasurement: Benchmark {
    let scale: BenchScale
    /// Events of the large log.
    let large: Int

    static let events = pair("Events", "events in the log", .count)
    static let ready = pair("ReadySeconds", "from start to ready", .seconds)
    static let memory = pair("Bytes", "resident memory when ready", .bytes)
    static let loaded = pair("LoadedBytes", "resident memory after the load", .bytes)
    static let pulled = pair("PulledEventsPerSecond", "events pulled, random streams", .perSecond)
    static let pull99 = pair("PullP99Milliseconds", "a pull of 100 events, p99", .milliseconds)
    static let pushed = pair("PushedEventsPerSecond", "events pushed, random streams", .perSecond)
    static let push99 = pair("PushP99Milliseconds", "a push of 20 events, p99", .milliseconds)
    static let readyRatio = Figure("readyToSmall", "time to ready, to the small log's", .ratio)
    static let pullRatio = Figure("pulledToSmall", "pulls, to the small log's", .ratio)
    static let pushRatio = Figure("pushedToSmall", "pushes, to the small log's", .ratio)
    static let fillRate = Figure(
        "filledEventsPerSecond", "events filled in through the engine", .perSecond)

    private static func pair(_ key: String, _ title: String, _ unit: Figure.Unit) -> [Figure] {
        [
            Figure("small" + key, "small log: " + title, unit),
            Figure("large" + key, "large log: " + title, unit),
        ]
    }

    let name = "start-up"
    var title: String {
        "Start-up: \(Quantity.grouped(Double(large))) events in the log beside "
            + Quantity.grouped(Double(small))
    }
    let explanation = """
        Customers of 100 events each. The server is started on the log and then, over 64 \
        connections, asked for whole streams and pushed to, in random order. What it is held \
        against is the same over a small log.
        """
    let figures =
        [events, ready, memory, loaded, pulled, pull99, pushed, push99].flatMap { $0 }
        + [readyRatio, pullRatio, pushRatio, fillRate]
    var headline: Figure? { Self.ready[1] }
    let bars: [Bar] = []

    private var small: Int { scale.pick(50_000, quick: 5_000, tiny: 200) }
    private var each: Int { scale.pick(100, quick: 100, tiny: 10) }

    private func streams(_ events: Int) -> [String] { (0..<events / each).map { "kept-\($0)" } }

    func prepare(in folder: String) async throws {
        try await fill("\(folder)/large", with: large)
    }

    private func fill(_ data: String, with events: Int) async throws {
        try await LogFilling.with(data) { log in
            try await LogFilling.fill(
                log, streams: streams(events), history: CartHistory(lines: 20), events: each,
                push: 20)
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let extra = folder + "/filled"
        let count = min(large, small * 2)
        let begun = Stopwatch.now
        try await fill(extra, with: count)
        result[Self.fillRate] = Double(count) / (Double(Stopwatch.now - begun) / 1e9)
        try FileManager.default.removeItem(atPath: extra)
        // Anew for each run: what one pushes into it would make each of its streams some times as long.
        try? FileManager.default.removeItem(atPath: folder + "/small")
        try await fill(folder + "/small", with: small)
        for (index, events) in [small, large].enumerated() {
            try await measure(
                folder + (index == 0 ? "/small" : "/large"), events, index, &result)
        }
        result[Self.readyRatio] = result[Self.ready[1]] / result[Self.ready[0]]
        result[Self.pullRatio] = result[Self.pulled[1]] / result[Self.pulled[0]]
        result[Self.pushRatio] = result[Self.pushed[1]] / result[Self.pushed[0]]
        return result
    }

    private func measure(
        _ data: String, _ events: Int, _ index: Int, _ result: inout RunResult
    ) async throws {
        let names = streams(events)
        let run = UInt64.random(in: 1..<(.max))
        result[Self.events[index]] = Double(events)
        try await BenchServer.with(BenchServer.serving(data)) { server in
            result[Self.ready[index]] = server.readyAfter
            result[Self.memory[index]] = Double(try ProcessMemory.resident(of: server.process))
            let generator = LoadGenerator(port: server.port, connections: scale.connections)
            var pullers: [PullClient] = []
            let pull = try generator.run(for: scale.seconds, warmUp: 0) { _, meter in
                let client = PullClient(
                    names.shuffled(), token: server.token, meter: meter, isEndless: true)
                pullers.append(client)
                return client
            }
            result[Self.pulled[index]] =
                Double(pullers.reduce(0) { $0 + $1.events }) / pull.elapsed
            result[Self.pull99[index]] = pull.percentile(0.99)
            result.add(index == 0 ? "pull, small log" : "pull, large log", pull.curve)

            let sample = try PushSample(events: 20)
            let push = try generator.run(for: scale.seconds, warmUp: 0) { number, meter in
                RoamingPusher(
                    names.shuffled(), replica: ReplicaID(high: run, low: UInt64(number) + 1),
                    sample: sample, token: server.token, meter: meter)
            }
            result[Self.pushed[index]] = push.rate * 20
            result[Self.push99[index]] = push.percentile(0.99)
            result.add(index == 0 ? "push, small log" : "push, large log", push.curve)
            result[Self.loaded[index]] = Double(try ProcessMemory.resident(of: server.process))
        }
    }

    func charts(_ report: SectionReport) -> [Chart] {
        func bars(_ title: String, _ figures: [Figure]) -> Chart {
            .bars(
                BarChart(
                    title: title, unit: figures[0].unit,
                    items: zip(["small log", "large log"], figures).map { name, figure in
                        .init(name, report[figure], name == "small log" ? .limit : .ours)
                    }))
        }
        return [
            bars("Seconds from start to ready", Self.ready),
            bars("Resident memory when ready", Self.memory),
            bars("Events pulled a second", Self.pulled),
            bars("Events pushed a second", Self.pushed),
            .curves(CurveChart(title: "Time to the answer", report: report)),
        ]
    }
}

/// One connection's pushes, each to the next of many streams that hold events already.
final class RoamingPusher: LoadClient {
    private let streams: [String]
    private let headers: [String]
    private let sample: PushSample
    private let replica: ReplicaID
    private let meter: LoadMeter
    private var pushes = 0

    init(
        _ streams: [String], replica: ReplicaID, sample: PushSample, token: String,
        meter: LoadMeter
    ) {
        self.streams = streams
        self.replica = replica
        self.sample = sample
        self.meter = meter
        headers = HTTPRequest.headers(token: token)
    }

    func next(at now: UInt64) -> LoadStep {
        let stream = streams[pushes % streams.count]
        // Its counters go on each time that it has been through all streams.
        let counter = UInt64(pushes / streams.count * sample.count + 1)
        pushes += 1
        return .send(
            HTTPRequest.post(
                "/v1/streams/\(stream)/events", headers: headers,
                body: PushBody.bytes(replica: replica, counter: counter, frames: sample.frames)))
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
        try meter.count(answer, nanoseconds: now - sent)
    }
}
