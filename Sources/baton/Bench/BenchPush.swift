import ArgumentParser
import BatonCore
import BatonLog
import BatonWire
import Foundation

/// `baton bench push`: durable pushes beside raw SQLite and an empty request.
struct BenchPush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Measure durable pushes: events accepted a second, p50 and p99.",
        discussion: """
            A server of its own, in another process and a temporary folder, is pushed to over
            keep-alive connections, each to a stream of its own. Beside it, in the same run:
            raw SQLite inserts of the same bytes (C API, a row an event, 1,000 rows a transaction,
            synchronous=FULL), and an empty POST through the same HTTP stack.

            Example:
              baton bench push --connections 64 --events 20 --seconds 5
            """)

    @Option(help: "Connections at once.")
    var connections = 64

    @Option(help: "Events of each push.")
    var events = 20

    @Option(help: "Seconds that each of the three measurements takes.")
    var seconds = 5

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000).contains(connections) else {
            throw ValidationError("--connections is from 1 to 1000")
        }
        guard (1...ProtocolLimits.eventsPerPush).contains(events) else {
            throw ValidationError("--events is from 1 to \(ProtocolLimits.eventsPerPush)")
        }
        guard (1...600).contains(seconds) else {
            throw ValidationError("--seconds is from 1 to 600")
        }
    }

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/baton-bench-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let duration = Duration.seconds(seconds)

        let sample = try PushSample(events: events)
        let raw = try ProgressBar.timed("raw SQLite", about: duration) {
            try RawInserts.measure(event: sample.event, file: folder + "/raw.db", for: duration)
        }
        let empty = try BenchServer.with(["bench", "empty-server"]) { server in
            try ProgressBar.timed("empty requests", about: duration) {
                try LoadGenerator(port: server.port, connections: connections).run(for: duration) {
                    _ in
                    { LoadGenerator.post("/empty", headers: [], body: []) }
                }
            }
        }
        let data = folder + "/data"
        let push = try BenchServer.with([
            "serve", "--dev", "--data", data, "--listen", "127.0.0.1:0",
        ]) { server in
            let token = server.token ?? ""
            return try ProgressBar.timed("pushes", about: duration) {
                try LoadGenerator(port: server.port, connections: connections).run(for: duration) {
                    PushSender(connection: $0, sample: sample, token: token).next
                }
            }
        }
        guard push.failures == 0, empty.failures == 0 else {
            throw CommandFailure(
                "\(push.failures) pushes and \(empty.failures) empty requests were not answered with 200"
            )
        }
        try report(push: push, raw: raw, empty: empty, eventBytes: sample.event.count)
    }

    private struct Report: Encodable {
        let connections: Int
        let eventsPerPush: Int
        let eventBytes: Int
        let seconds: Int
        let eventsPerSecond: Double
        let pushesPerSecond: Double
        let p50Milliseconds: Double
        let p99Milliseconds: Double
        let rawRowsPerSecond: Double
        let emptyRequestsPerSecond: Double
        let eventsToRawRows: Double
        let pushesToEmptyRequests: Double
    }

    private func report(push: LoadResult, raw: Double, empty: LoadResult, eventBytes: Int) throws {
        let rate = push.rate * Double(events)
        let report = Report(
            connections: connections, eventsPerPush: events, eventBytes: eventBytes,
            seconds: seconds, eventsPerSecond: rate, pushesPerSecond: push.rate,
            p50Milliseconds: push.percentile(0.5), p99Milliseconds: push.percentile(0.99),
            rawRowsPerSecond: raw, emptyRequestsPerSecond: empty.rate,
            eventsToRawRows: rate / raw, pushesToEmptyRequests: push.rate / empty.rate)
        if json {
            try Output.tell(json: report)
            return
        }
        func number(_ value: Double) -> String { String(format: "%.0f", value) }
        Output.tell(
            """
            durable pushes over \(connections) connections, \(events) events of \(eventBytes) bytes each:
              \(number(rate)) events/s in \(number(push.rate)) pushes/s, \
            p50 \(String(format: "%.1f", report.p50Milliseconds)) ms, \
            p99 \(String(format: "%.1f", report.p99Milliseconds)) ms
            limits in the same run:
              raw SQLite, a row an event, 1,000 rows a transaction, FULL: \(number(raw)) rows/s \
            (ratio \(String(format: "%.2f", report.eventsToRawRows)))
              empty POST through the same HTTP stack: \(number(empty.rate)) requests/s, \
            p50 \(String(format: "%.1f", empty.percentile(0.5))) ms \
            (ratio \(String(format: "%.2f", report.pushesToEmptyRequests)))
            """)
    }
}

/// What is pushed: the same typical event, so many times.
struct PushSample {
    /// One event's encoding: three operations on a cart line, some 200 bytes.
    let event: [UInt8]
    /// The events as frames of a batch.
    let frames: [UInt8]

    init(events: Int) throws {
        let cart = try EntityID("cart/main")
        func set(_ field: ExactText, _ value: Value) -> FieldOperation {
            FieldOperation(cart, FieldPath(["lines", "sku-10482", field]), .set(value))
        }
        // Its context says own = 0 of counter 1; the same bytes serve under any counter.
        let replica = ReplicaID(high: 0, low: 1)
        event =
            Event(
                dot: Dot(replica, Counter(rawValue: 1)),
                context: Context(replica: replica, own: .none, seen: .start),
                timestamp: Timestamp(milliseconds: 1_700_000_000_000),
                channel: try ChannelName("web"),
                operations: [
                    set("quantity", .integer(2)), set("title", "Linen shirt, blue, 42"),
                    set("note", "gift wrap, deliver after 18:00"),
                ]
            ).encoded
        var frames: [UInt8] = []
        for _ in 0..<events { EventFrames.append(event, to: &frames) }
        self.frames = frames
        count = events
    }

    /// How many events the frames are.
    let count: Int
}

/// One connection's pushes, one after another, each with the next counters.
final class PushSender {
    private let sample: PushSample
    private let path: String
    private let headers: [String]
    private let replica: String
    private var counter: UInt64 = 1

    init(connection: Int, sample: PushSample, token: String) {
        self.sample = sample
        path = "/v1/streams/bench-\(connection)/events"
        headers = ["Authorization: Bearer \(token)", "Content-Type: application/x-protobuf"]
        replica = ReplicaID(high: 0xBE, low: UInt64(connection) + 1).description
    }

    /// The next push as HTTP.
    func next() -> [UInt8] {
        var header = Baton_V1_Batch()
        header.replica = replica
        header.counter = counter
        counter += UInt64(sample.count)
        let batch = Protobuf.encode(header) + sample.frames
        // PushRequest.batch is field 1, length-delimited.
        var body: [UInt8] = [0x0A]
        var length = batch.count
        while length >= 0x80 {
            body.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        body.append(UInt8(length))
        return LoadGenerator.post(path, headers: headers, body: body + batch)
    }
}
