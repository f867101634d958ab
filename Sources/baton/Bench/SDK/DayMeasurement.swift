import BatonSync
import BatonWire

/// What a typical day of a shopper weighs on the wire.
struct DayMeasurement: Benchmark {
    let scale: BenchScale

    static let edits = Figure("edits", "edits", .count)
    static let syncs = Figure("roundTrips", "round trips", .count)
    static let sent = Figure("bytesSent", "bytes sent, HTTP headers and token among them", .bytes)
    static let received = Figure("bytesReceived", "bytes received, HTTP headers among them", .bytes)
    static let body = Figure("bodyBytesSent", "bytes sent beyond HTTP headers", .bytes)
    static let json = Figure("jsonBytes", "limit: the same edits as JSON", .bytes)
    static let toJSON = Figure("bodyToJSON", "sent beyond headers to that JSON", .ratio)

    let name = "sdk-day"
    var title: String { "SDK: a day of \(ShoppingDay.edits) edits on the wire" }
    let explanation = """
        A shopper opens the app eight times; each time it syncs, five edits are made, and it syncs again. \
        The bytes of TCP are counted by a relay before the server. The SDK sends protobuf as it is, and \
        takes answers gzip coded where the server finds that worth while. The JSON is what a client without \
        a store would post: the bodies of one write an edit, with its operations and no causal data.
        """
    let figures = [edits, syncs, sent, received, body, json, toJSON]
    var headline: Figure? { Self.sent }
    let bars: [Bar] = []

    func run(in folder: String) async throws -> RunResult {
        let folder = folder + "/day-\(UInt64.random(in: 0..<(.max)))"
        return try await BenchServer.with(BenchServer.serving(folder)) { server in
            let relay = try CountingRelay(to: server.port)
            defer { relay.stop() }
            let transport = CountingTransport(
                try HTTPTransport(server: "http://127.0.0.1:\(relay.port)"))
            var options = SyncOptions()
            options.transport = transport
            let json = try await withSyncClient(
                store: .file(folder + "/device.db"), server: nil, channel: "app",
                token: .fixed(server.token), options: options, day)
            let (bodies, traffic) = (transport.traffic, relay.traffic)
            var result = RunResult()
            result[Self.edits] = Double(ShoppingDay.edits)
            result[Self.syncs] = Double(bodies.requests)
            result[Self.sent] = Double(traffic.sent)
            result[Self.received] = Double(traffic.received)
            result[Self.body] = Double(bodies.sent)
            result[Self.json] = Double(json)
            result[Self.toJSON] = result[Self.body] / result[Self.json]
            return result
        }
    }

    /// Lives through the day, and returns the bytes of the same edits as JSON.
    private func day(_ client: SyncClient) async throws -> Int {
        let stream = try client.stream("shopper")
        var json = 0
        for visit in 0..<ShoppingDay.visits {
            try await client.sync()
            for place in 0..<ShoppingDay.editsPerVisit {
                let number = visit * ShoppingDay.editsPerVisit + place
                json += try await stream.edit { edit in
                    try ShoppingDay.make(number, in: &edit)
                    var request = Baton_V1_WriteRequest()
                    request.channel = "app"
                    request.operations = edit.operations.map(\.message)
                    return try Protobuf.encodeJSON(request).count
                }
            }
            try await client.sync()
        }
        guard stream.pendingCount == 0, client.refusals().isEmpty else {
            throw CommandFailure("the server did not take the whole day's edits")
        }
        return json
    }

    func charts(_ report: SectionReport) -> [Chart] {
        [
            .bars(
                BarChart(
                    title: "Bytes of a day", unit: .bytes,
                    items: [
                        .init("sent", report[Self.sent], .ours),
                        .init("of it beyond headers", report[Self.body], .ours),
                        .init("received", report[Self.received], .ours),
                        .init("the edits as JSON", report[Self.json], .limit),
                    ]))
        ]
    }
}
