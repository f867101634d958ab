import BatonCore
import Foundation

/// Durable pushes beside what the disk, raw SQLite and the HTTP stack can do.
struct PushMeasurement: Benchmark {
    let scale: BenchScale
    let connections: Int
    let events: Int

    static let eventsPerSecond = Figure(
        "eventsPerSecond", "events accepted and durable", .perSecond)
    static let pushesPerSecond = Figure("pushesPerSecond", "pushes answered", .perSecond)
    static let p50 = Figure("p50Milliseconds", "push, p50", .milliseconds)
    static let p99 = Figure("p99Milliseconds", "push, p99", .milliseconds)
    static let serverCost = Figure(
        "serverMicrosecondsPerPush", "server's processor time a push", .microseconds)
    static let clientCost = Figure(
        "clientMicrosecondsPerPush", "load generator's processor time a push", .microseconds)
    static let eventBytes = Figure("eventBytes", "an event's protobuf bytes", .bytes)
    static let rawRows = Figure(
        "rawRowsPerSecond", "limit: raw SQLite, a row an event, 1,000 a transaction", .perSecond)
    static let fileEvents = Figure(
        "fileEventsPerSecond", "limit: bare file, a write and an fdatasync for all connections",
        .perSecond)
    static let emptyRequests = Figure(
        "emptyRequestsPerSecond", "limit: empty POST through the same HTTP stack", .perSecond)
    static let emptyCost = Figure(
        "serverMicrosecondsPerEmptyRequest", "server's processor time an empty POST",
        .microseconds)
    static let sync50 = Figure(
        "fsyncP50Milliseconds", "limit: one fsync of 4 KiB, p50", .milliseconds)
    static let sync99 = Figure(
        "fsyncP99Milliseconds", "limit: one fsync of 4 KiB, p99", .milliseconds)
    static let toRaw = Figure("eventsToRawRows", "events to raw SQLite rows", .ratio)
    static let toFile = Figure("eventsToFile", "events to the bare file's", .ratio)
    static let toEmpty = Figure("pushesToEmptyRequests", "pushes to empty requests", .ratio)
    static let toSync = Figure("p99ToFsync", "push p99 to the p99 of one fsync", .ratio)
    static let toMedianSync = Figure("p99ToMedianFsync", "push p99 to the p50 of one fsync", .ratio)

    var name: String { "push-\(events)" }
    var title: String {
        "Push: \(connections) connections × \(events) event\(events == 1 ? "" : "s")"
    }
    var explanation: String {
        """
        Each connection pushes to a stream of its own, one push after another; what was \
        acknowledged is counted again in the log when the server has stopped. In the same run: raw \
        SQLite inserts of the same bytes (C API, WAL, synchronous=FULL), a bare file, one fsync, \
        and an empty POST.
        """
    }
    let figures = [
        eventsPerSecond, pushesPerSecond, p50, p99, serverCost, clientCost, eventBytes, rawRows,
        fileEvents, emptyRequests, emptyCost, sync50, sync99, toRaw, toFile, toEmpty, toSync,
        toMedianSync,
    ]
    var bars: [Bar] {
        var bars: [Bar] = []
        if events > 1 { bars.append(Bar(Self.toRaw, .atLeast(1.7))) }
        if events == 1 { bars.append(Bar(Self.toEmpty, .atLeast(0.5))) }
        return bars + [Bar(Self.toSync, .atMost(8))]
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        let folder = folder + "/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sample = try PushSample(events: events)
        result[Self.eventBytes] = Double(sample.event.count)
        result[Self.rawRows] = try RawInserts.measure(
            event: sample.event, file: folder + "/raw.db", for: scale.seconds)
        let commit = Array(repeatElement(sample.frames, count: connections).joined())
        result[Self.fileEvents] =
            try BareFile.commits(of: commit, file: folder + "/bare", for: scale.seconds / 3)
            * Double(connections * events)
        let syncs = try BareFile.syncs(file: folder + "/synced", count: scale.syncs)
        result[Self.sync50] = Statistics.percentile(0.5, of: syncs)
        result[Self.sync99] = Statistics.percentile(0.99, of: syncs)
        let empty = try await emptyRequests(&result)
        let push = try await pushes(sample, data: folder + "/data", &result)

        result[Self.eventsPerSecond] = push.rate * Double(events)
        result[Self.pushesPerSecond] = push.rate
        result[Self.p50] = push.percentile(0.5)
        result[Self.p99] = push.percentile(0.99)
        result[Self.clientCost] = push.microsecondsPerRequest
        result[Self.emptyRequests] = empty.rate
        result[Self.toRaw] = result[Self.eventsPerSecond] / result[Self.rawRows]
        result[Self.toFile] = result[Self.eventsPerSecond] / result[Self.fileEvents]
        result[Self.toEmpty] = push.rate / empty.rate
        result[Self.toSync] = result[Self.p99] / result[Self.sync99]
        result[Self.toMedianSync] = result[Self.p99] / result[Self.sync50]
        result.add("push", push.curve)
        result.add("empty POST", empty.curve)
        result.add("one fsync", Curve.points(of: syncs))
        return result
    }

    private func emptyRequests(_ result: inout RunResult) async throws -> LoadResult {
        let request = HTTPRequest.post("/empty", headers: [], body: [])
        return try await BenchServer.with(["bench", "empty-server"]) { server in
            var load: LoadResult?
            let processor = try server.processorSeconds {
                load = try LoadGenerator(port: server.port, connections: connections)
                    .run(for: scale.seconds, warmUp: 0) { RepeatedRequest(request, $1) }
            }
            guard let load else { throw CommandFailure("the empty requests were not measured") }
            result[Self.emptyCost] = processor * 1e6 / Double(load.milliseconds.count)
            return load
        }
    }

    private func pushes(
        _ sample: PushSample, data: String, _ result: inout RunResult
    ) async throws -> LoadResult {
        var clients: [PushClient] = []
        let load = try await BenchServer.with(BenchServer.serving(data)) { server in
            var load: LoadResult?
            let processor = try server.processorSeconds {
                load = try LoadGenerator(port: server.port, connections: connections)
                    .run(for: scale.seconds, warmUp: scale.warmUp) { number, meter in
                        let client = PushClient(
                            "bench-\(number)",
                            replica: ReplicaID(high: 0xBE, low: UInt64(number) + 1),
                            sample: sample, token: server.token, meter: meter)
                        clients.append(client)
                        return client
                    }
            }
            guard let load else { throw CommandFailure("the pushes were not measured") }
            let pushes = clients.reduce(0) { $0 + $1.acknowledged } / UInt64(events)
            result[Self.serverCost] = processor * 1e6 / Double(max(1, pushes))
            return load
        }
        let acknowledged = clients.reduce(0) { $0 + $1.acknowledged }
        let durable = try await LogFilling.events(in: data)
        guard durable == acknowledged else {
            throw CommandFailure(
                "\(acknowledged) events were acknowledged, and \(durable) are in the log")
        }
        return load
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Events a second", unit: .perSecond,
                    items: [
                        .init("Baton, durable", report[Self.eventsPerSecond], .ours),
                        .init("raw SQLite rows", report[Self.rawRows], .limit),
                        .init(
                            "empty POST × \(events)", report[Self.emptyRequests] * Double(events),
                            .limit),
                        .init("bare file", report[Self.fileEvents], .limit),
                    ],
                    mark: events > 1
                        ? .init("1.7 × raw rows", report[Self.rawRows] * 1.7)
                        : .init("half an empty POST", report[Self.emptyRequests] / 2))),
            .curves(CurveChart(title: "Time to the answer", report: report)),
            .bars(
                BarChart(
                    title: "Processor time a request", unit: .microseconds,
                    items: [
                        .init("server, a push", report[Self.serverCost], .ours),
                        .init("server, an empty POST", report[Self.emptyCost], .limit),
                        .init("load generator, a push", report[Self.clientCost], .other),
                    ])),
        ]
    }
}
