import BatonCore
import BatonWire
import Foundation

/// A device that has nothing, in front of the same live state behind more and more history.
struct BootstrapMeasurement: Benchmark {
    let scale: BenchScale

    static let once = Figure("onceMilliseconds", "live state behind 1 × history", .milliseconds)
    static let tenfold = Figure(
        "tenfoldMilliseconds", "the same behind 10 × history", .milliseconds)
    static let hundredfold = Figure(
        "hundredfoldMilliseconds", "the same behind 100 × history", .milliseconds)
    static let file = Figure(
        "fileMilliseconds", "limit: the live state read from a file", .milliseconds)
    static let served = Figure(
        "servedFileMilliseconds", "limit: that file through the same HTTP stack", .milliseconds)
    static let bytesOnce = Figure("onceBytes", "bytes of the answers, 1 ×", .bytes)
    static let bytesHundredfold = Figure(
        "hundredfoldBytes", "bytes of the answers, 100 ×", .bytes)
    static let requestsHundredfold = Figure("hundredfoldRequests", "requests, 100 ×", .count)
    static let stateBytes = Figure("stateBytes", "bytes of the live state", .bytes)
    static let toFile = Figure("bootstrapToFile", "bootstrap, 1 ×, to reading the file", .ratio)
    static let toServed = Figure(
        "bootstrapToServedFile", "bootstrap, 1 ×, to the file over HTTP", .ratio)
    static let tenfoldToOnce = Figure("tenfoldToOnce", "10 × history to 1 ×", .ratio)
    static let hundredfoldToOnce = Figure("hundredfoldToOnce", "100 × history to 1 ×", .ratio)

    let name = "bootstrap"
    var title: String { "Bootstrap: \(lines) live cart lines behind 1 ×, 10 ×, 100 × history" }
    var explanation: String {
        """
        A new device syncs a stream from nothing until it holds the state, decoded: from the first \
        request on. Each line was written 1, \(factors[1]) or \(factors[2]) times. Beside it: the \
        same state in one protobuf file, read and decoded.
        """
    }
    let figures = [
        once, tenfold, hundredfold, file, served, stateBytes, bytesOnce, bytesHundredfold,
        requestsHundredfold, toFile, toServed, tenfoldToOnce, hundredfoldToOnce,
    ]
    var headline: Figure? { Self.hundredfold }
    let bars = [
        Bar(toFile, .atMost(2)), Bar(tenfoldToOnce, .between(0.8, 1.2)),
        Bar(hundredfoldToOnce, .between(0.8, 1.2)),
    ]

    private var lines: Int { scale.pick(500, quick: 100, tiny: 5) }
    private var factors: [Int] { scale.pick([1, 10, 100], quick: [1, 10, 100], tiny: [1, 2, 4]) }
    private var times: Int { scale.pick(30, quick: 5, tiny: 2) }

    func prepare(in folder: String) async throws {
        try await LogFilling.with(folder + "/data") { log in
            for factor in factors {
                try await LogFilling.fill(
                    log, streams: ["behind-\(factor)"], history: CartHistory(lines: lines),
                    events: lines * factor, push: 20)
            }
        }
    }

    func run(in folder: String) async throws -> RunResult {
        var result = RunResult()
        var state = StreamState()
        try await BenchServer.with(BenchServer.serving(folder + "/data")) { server in
            var medians: [Double] = []
            for factor in factors {
                let device = try BootstrapDevice(server, stream: "behind-\(factor)")
                // The first one may have to fold; that is the server's start, not a device's.
                state = try device.bootstrap()
                let runs = try (0..<times).map { _ in
                    try Stopwatch.seconds { state = try device.bootstrap() } * 1e3
                }.sorted()
                medians.append(Statistics.median(runs))
                result.add("behind \(factor) ×", Curve.points(of: runs))
                result[factor == 1 ? Self.bytesOnce : Self.bytesHundredfold] = Double(device.bytes)
                result[Self.requestsHundredfold] = Double(device.requests)
            }
            (result[Self.once], result[Self.tenfold], result[Self.hundredfold]) =
                (medians[0], medians[1], medians[2])
        }
        let encoded = Protobuf.encode(state.message)
        let file = folder + "/state"
        try Data(encoded).write(to: URL(fileURLWithPath: file))
        func decode(_ bytes: [UInt8]) throws {
            let message = try Protobuf.decode(Baton_V1_State.self, from: bytes)
            withExtendedLifetime(try StreamState(message, offset: state.offset)) {}
        }
        result[Self.file] = Statistics.median(
            try (0..<times).map { _ in
                try Stopwatch.seconds { try decode(BareFile.bytes(of: file)) } * 1e3
            })
        try await BenchServer.with(["bench", "empty-server", "--file", file]) { server in
            let caller = try HTTPCaller(port: server.port)
            let request = HTTPRequest.get("/file", headers: [])
            result[Self.served] = Statistics.median(
                try (0..<times).map { _ in
                    try Stopwatch.seconds { try decode(caller.call(request)) } * 1e3
                })
        }
        result[Self.stateBytes] = Double(encoded.count)
        result[Self.toFile] = result[Self.once] / result[Self.file]
        result[Self.toServed] = result[Self.once] / result[Self.served]
        result[Self.tenfoldToOnce] = result[Self.tenfold] / result[Self.once]
        result[Self.hundredfoldToOnce] = result[Self.hundredfold] / result[Self.once]
        return result
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Milliseconds until the state is there", unit: .milliseconds,
                    items: [
                        .init("1 × history", report[Self.once], .ours),
                        .init("10 × history", report[Self.tenfold], .ours),
                        .init("100 × history", report[Self.hundredfold], .ours),
                        .init("file over HTTP", report[Self.served], .limit),
                        .init("plain file", report[Self.file], .limit),
                    ], mark: .init("2 × plain file", report[Self.file] * 2))),
            .curves(CurveChart(title: "Each bootstrap", report: report)),
        ]
    }
}

/// A device that syncs one stream from nothing, as a new installation does.
private final class BootstrapDevice {
    private let caller: HTTPCaller
    private let headers: [String]
    private let stream: String
    /// Of the last bootstrap.
    private(set) var requests = 0
    /// Of the last bootstrap.
    private(set) var bytes = 0

    init(_ server: BenchServer, stream: String) throws {
        caller = try HTTPCaller(port: server.port)
        headers = HTTPRequest.headers(token: server.token)
        self.stream = stream
    }

    /// The state, from the first request to the last event folded.
    func bootstrap() throws -> StreamState {
        (requests, bytes) = (0, 0)
        var state = StreamState()
        var cursor = ""
        while true {
            var part = Baton_V1_StreamSync()
            part.stream = stream
            part.after = cursor
            part.replica = ReplicaID(high: 0xB007, low: 1).description
            var request = Baton_V1_SyncRequest()
            request.streams = [part]
            let body = try caller.call(
                HTTPRequest.post("/v1/sync", headers: headers, body: Protobuf.encode(request)))
            requests += 1
            bytes += body.count
            let response = try Protobuf.decode(Baton_V1_SyncResponse.self, from: body)
            guard let pulled = response.streams.first?.pulled else {
                throw CommandFailure("a sync was answered without a pull")
            }
            try take(pulled, into: &state)
            cursor = pulled.cursor
            if !pulled.more { return state }
        }
    }

    private func take(_ pulled: Baton_V1_PullResponse, into state: inout StreamState) throws {
        if pulled.hasSnapshot {
            state = try StreamState(
                pulled.snapshot.state, offset: Offset(rawValue: pulled.snapshot.offset))
        }
        for batch in pulled.batches {
            let replica = LogFilling.replica
            for (index, message) in batch.events.enumerated() {
                let dot = Dot(
                    replica, Counter(rawValue: batch.counter + UInt64(index)))
                state.apply(
                    try Entry(message, dot: dot),
                    at: Offset(rawValue: batch.offset + UInt64(index)), schemas: BuiltinSchemas.all)
            }
        }
    }
}
