import BatonCore
import Foundation

/// One device that pulls a long history from its beginning.
struct CatchUpMeasurement: Benchmark {
    let scale: BenchScale

    static let milliseconds = Figure(
        "milliseconds", "a catch-up, while the stream grows", .milliseconds)
    static let idle = Figure(
        "idleMilliseconds", "the same, where nothing was pushed since the last one", .milliseconds)
    static let first = Figure(
        "firstMilliseconds", "the first one after the server's start", .milliseconds)
    static let events = Figure("events", "events of the history", .count)
    static let bytes = Figure("bytes", "bytes of the answers", .bytes)
    static let requests = Figure("requests", "requests", .count)
    static let allowed = Figure("requestsAllowed", "limit: one request a MiB", .count)
    static let serverCost = Figure(
        "serverMilliseconds", "server's processor time a catch-up", .milliseconds)
    static let file = Figure(
        "fileMilliseconds", "limit: the same bytes read from a file", .milliseconds)
    static let toFile = Figure("catchUpToFile", "catch-up to reading the file", .ratio)
    static let toAllowed = Figure("requestsToAllowed", "requests to those allowed", .ratio)

    let name = "catch-up"
    var title: String { "Catch-up: one history of \(Quantity.grouped(Double(length))) events" }
    let explanation = """
        A device that has seen one push of a stream pulls what another device wrote since, in \
        pushes of 20, until there is no more; before each catch-up one more event is pushed, so that no answer can be \
        kept from the last. Beside it: the same bytes read from a file.
        """
    let figures = [
        milliseconds, idle, first, events, bytes, requests, allowed, serverCost, file, toFile,
        toAllowed,
    ]
    let bars = [Bar(milliseconds, .atMost(15)), Bar(toAllowed, .atMost(1))]

    private var length: Int { scale.pick(10_000, quick: 2_000, tiny: 60) }
    private var times: Int { scale.pick(40, quick: 10, tiny: 2) }
    private static let stream = "long"
    /// Events that the device had seen before: one push.
    private static let seen = 20

    func prepare(in folder: String) async throws {
        try await LogFilling.with(folder + "/data") { log in
            try await LogFilling.fill(
                log, streams: [Self.stream], history: CartHistory(lines: 50),
                events: Self.seen + length, push: Self.seen)
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            let cursor = try Self.cursor(on: server)
            func catchUp(_ count: Int) throws -> (load: LoadResult, client: PullClient) {
                var client: PullClient?
                let load = try LoadGenerator(port: server.port, connections: 1).runToEnd {
                    let made = PullClient(
                        Array(repeating: Self.stream, count: count), after: cursor,
                        token: server.token, meter: $1)
                    client = made
                    return made
                }
                guard let client else { throw CommandFailure("no catch-up was measured") }
                return (load, client)
            }
            let first = try catchUp(1)
            guard first.client.events >= length else {
                throw CommandFailure("\(first.client.events) of \(length) events came")
            }
            result[Self.first] = first.load.percentile(0.5)
            result[Self.idle] = try catchUp(times).load.percentile(0.5)

            let sample = try PushSample(events: 1)
            let writer = PushClient(
                Self.stream, replica: ReplicaID(high: UInt64.random(in: 1..<(.max)), low: 1),
                sample: sample, token: server.token, meter: LoadMeter())
            let pushing = try HTTPCaller(port: server.port)
            var (growing, cost): ([Double], Double) = ([], 0)
            for _ in 0..<times {
                if case .send(let request) = writer.next(at: 0) {
                    let answer = HTTPAnswer(status: 200, body: try pushing.call(request))
                    try writer.answered(answer, sent: 0, at: 0)
                }
                cost += try server.processorSeconds {
                    growing += try catchUp(1).load.milliseconds
                }
            }
            result[Self.milliseconds] = Statistics.median(growing)
            result[Self.serverCost] = cost * 1e3 / Double(times)
            result[Self.events] = Double(first.client.events)
            result[Self.requests] = Double(first.client.requests)
            result[Self.bytes] = Double(first.client.bytes)
            result.add("catch-up", Curve.points(of: growing.sorted()))
        }
        let bytes = Int(result[Self.bytes])
        let file = folder + "/same-bytes"
        try Data(repeating: 0x42, count: bytes).write(to: URL(fileURLWithPath: file))
        result[Self.file] = try BareFile.read(file, times: times)
        result[Self.toFile] = result[Self.milliseconds] / result[Self.file]
        result[Self.allowed] = (Double(bytes) / 1024 / 1024).rounded(.up)
        result[Self.toAllowed] = result[Self.requests] / result[Self.allowed]
        return result
    }

    /// Where the device stands: a cursor as an answer gave it, moved back.
    private static func cursor(on server: BenchServer) throws -> String {
        let request = HTTPRequest.get(
            "/v1/streams/\(stream)/events", headers: HTTPRequest.headers(token: server.token))
        let head = try PulledFields(HTTPCaller(port: server.port).call(request)).cursor
        return head.prefix { $0 != "-" } + "-\(seen)"
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Milliseconds until the last event is there", unit: .milliseconds,
                    items: [
                        .init("while it grows", report[Self.milliseconds], .ours),
                        .init("nothing new", report[Self.idle], .ours),
                        .init("first after a start", report[Self.first], .other),
                        .init("plain file read", report[Self.file], .limit),
                    ], mark: .init("at most", 15)))
        ]
    }
}

/// Many devices that were away, each with its own stream.
struct DevicesMeasurement: Benchmark {
    let scale: BenchScale

    static let devicesPerSecond = Figure(
        "devicesPerSecond", "devices caught up", .perSecond)
    static let eventsPerSecond = Figure("eventsPerSecond", "events pulled", .perSecond)
    static let p50 = Figure("p50Milliseconds", "a device, p50", .milliseconds)
    static let p99 = Figure("p99Milliseconds", "a device, p99", .milliseconds)
    static let first = Figure(
        "firstDevicesPerSecond", "devices caught up, right after the server's start", .perSecond)
    static let serverCost = Figure(
        "serverMicrosecondsPerDevice", "server's processor time a device", .microseconds)
    static let emptyRequests = Figure(
        "emptyRequestsPerSecond", "limit: empty POST through the same HTTP stack", .perSecond)
    static let toEmpty = Figure("devicesToEmptyRequests", "devices to empty requests", .ratio)

    let name = "catch-up-devices"
    var title: String {
        "Catch-up: \(Quantity.grouped(Double(devices))) devices × \(events) events"
    }
    let explanation = """
        As many customers' devices come back at once, each pulls its own stream from the beginning. \
        Beside it: an empty POST over as many connections.
        """
    let figures = [
        devicesPerSecond, eventsPerSecond, p50, p99, first, serverCost, emptyRequests, toEmpty,
    ]
    let bars: [Bar] = []

    private var devices: Int { scale.pick(1_000, quick: 200, tiny: 8) }
    private var events: Int { scale.pick(100, quick: 100, tiny: 10) }
    private var streams: [String] { (0..<devices).map { "device-\($0)" } }

    func prepare(in folder: String) async throws {
        try await LogFilling.with(folder + "/data") { log in
            try await LogFilling.fill(
                log, streams: streams, history: CartHistory(lines: 20), events: events, push: 20)
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let connections = scale.connections
        let empty = try await BenchServer.with(["bench", "empty-server"]) { server in
            try LoadGenerator(port: server.port, connections: connections)
                .run(for: scale.seconds) {
                    RepeatedRequest(HTTPRequest.post("/empty", headers: [], body: []), $1)
                }
        }
        try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            let generator = LoadGenerator(port: server.port, connections: connections)
            func share(_ number: Int) -> [String] {
                stride(from: number, to: devices, by: connections).map { streams[$0] }
            }
            var pulled = 0
            func all() throws -> LoadResult {
                var clients: [PullClient] = []
                let load = try generator.runToEnd {
                    let client = PullClient(share($0), token: server.token, meter: $1)
                    clients.append(client)
                    return client
                }
                pulled = clients.reduce(0) { $0 + $1.events }
                guard pulled == devices * events else {
                    throw CommandFailure("\(pulled) of \(devices * events) events came")
                }
                return load
            }
            result[Self.first] = try all().rate
            var load: LoadResult?
            let processor = try server.processorSeconds { load = try all() }
            guard let load else { return }
            result[Self.devicesPerSecond] = load.rate
            result[Self.eventsPerSecond] = load.rate * Double(events)
            result[Self.p50] = load.percentile(0.5)
            result[Self.p99] = load.percentile(0.99)
            result[Self.serverCost] = processor * 1e6 / Double(devices)
            result.add("a device", load.curve)
        }
        result[Self.emptyRequests] = empty.rate
        result[Self.toEmpty] = result[Self.devicesPerSecond] / empty.rate
        result.add("empty POST", empty.curve)
        return result
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Devices a second", unit: .perSecond,
                    items: [
                        .init("caught up", report[Self.devicesPerSecond], .ours),
                        .init("right after a start", report[Self.first], .other),
                        .init("empty POST", report[Self.emptyRequests], .limit),
                    ])),
            .curves(CurveChart(title: "Time until a device has all", report: report)),
        ]
    }
}
