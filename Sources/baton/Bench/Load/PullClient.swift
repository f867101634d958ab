/// A device that pulls whole streams, one after another, until each has nothing more.
final class PullClient: LoadClient {
    private var streams: ArraySlice<String>
    private let headers: [String]
    private let meter: LoadMeter
    private var cursor: String
    private let beginning: String
    private var begun: UInt64?
    /// Events that came.
    private(set) var events = 0
    /// Requests that were sent.
    private(set) var requests = 0
    /// Bytes of the answers' bodies.
    private(set) var bytes = 0
    /// Goes through the streams again and again, until the load ends.
    private let repeated: [String]?

    /// Pulls `streams`, each from `cursor` on; the meter counts the time of each, from its first request to its last
    /// answer.
    init(
        _ streams: [String], after cursor: String = "", token: String, meter: LoadMeter,
        isEndless: Bool = false
    ) {
        self.cursor = cursor
        beginning = cursor
        self.streams = streams[...]
        repeated = isEndless ? streams : nil
        headers = HTTPRequest.headers(token: token)
        self.meter = meter
    }

    func next(at now: UInt64) -> LoadStep {
        if streams.isEmpty, let repeated { streams = repeated[...] }
        guard let stream = streams.first else { return .finish }
        if begun == nil { begun = now }
        requests += 1
        return .send(
            HTTPRequest.get("/v1/streams/\(stream)/events?after=\(cursor)", headers: headers))
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
        guard answer.status == 200 else {
            throw CommandFailure(
                "a pull was answered \(answer.status): "
                    + String(decoding: answer.body.prefix(500), as: UTF8.self))
        }
        let fields = try PulledFields(answer.body)
        events += fields.events
        bytes += answer.body.count
        cursor = fields.cursor
        guard !fields.more else { return }
        meter.count(nanoseconds: now - (begun ?? sent))
        streams = streams.dropFirst()
        cursor = beginning
        begun = nil
    }
}
