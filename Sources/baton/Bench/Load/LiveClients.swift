import BatonCore
import BatonWire

/// When each event was pushed, and when the other device had it.
final class LiveBoard {
    private var sentAt: [UInt64: UInt64] = [:]
    /// From a push to its acknowledgement.
    let acknowledged = LoadMeter()
    /// From a push to the other device.
    let delivered = LoadMeter()

    func sent(_ counter: UInt64, at moment: UInt64) { sentAt[counter] = moment }

    func arrived(_ counter: UInt64, at moment: UInt64) {
        guard let sent = sentAt.removeValue(forKey: counter) else { return }
        delivered.count(nanoseconds: moment - sent)
    }

    /// Events that have not arrived.
    var missing: Int { sentAt.count }
}

/// A device that pushes an event at fixed moments, whether or not the last one is answered in time.
final class SteadyPusher: LoadClient {
    private let path: String
    private let headers: [String]
    private let sample: PushSample
    private let replica: ReplicaID
    private let board: LiveBoard
    private let interval: UInt64
    private var due: UInt64
    private var counter: UInt64 = 0
    private let count: Int

    /// Pushes `count` events to the stream, the first at `start`, one each `interval` nanoseconds.
    init(
        _ stream: String, replica: ReplicaID, sample: PushSample, token: String, board: LiveBoard,
        start: UInt64, interval: UInt64, count: Int
    ) {
        path = "/v1/streams/\(stream)/events"
        headers = HTTPRequest.headers(token: token)
        self.replica = replica
        self.sample = sample
        self.board = board
        self.interval = interval
        self.count = count
        due = start
    }

    func next(at now: UInt64) -> LoadStep {
        guard counter < UInt64(count) else { return .finish }
        guard now >= due else { return .wait(until: due) }
        counter += 1
        // The generator's own clock ticks in milliseconds; what is later than that waited for the
        // answer before, and that time counts.
        board.sent(counter, at: now - due > 5_000_000 ? due : now)
        due += interval
        return .send(
            HTTPRequest.post(
                path, headers: headers,
                body: PushBody.bytes(replica: replica, counter: counter, frames: sample.frames)))
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
        try board.acknowledged.count(answer, nanoseconds: now - sent)
    }
}

/// A device that listens to a stream.
final class LiveListener: LoadClient {
    private let request: [UInt8]
    private let board: LiveBoard?
    private var text: [UInt8] = []
    /// Whether the answer has begun.
    private(set) var hasBegun = false

    /// Listens to a stream from its end or its beginning; the board learns of what arrives.
    init(_ stream: String, token: String, board: LiveBoard?) {
        request = HTTPRequest.get(
            "/v1/streams/\(stream)/live",
            headers: ["Authorization: Bearer \(token)", "Accept: text/event-stream"])
        self.board = board
    }

    func next(at now: UInt64) -> LoadStep { .listen(request) }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {}

    func received(_ bytes: [UInt8], at now: UInt64) throws {
        hasBegun = true
        guard let board else { return }
        text += bytes
        while let end = text.firstRange(of: [0x0A, 0x0A]) {
            let message = text[..<end.lowerBound]
            for line in message.split(separator: 0x0A) where line.starts(with: Array("data:".utf8))
            {
                let json = Array(line.dropFirst(5))
                let pulled = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: json)
                for batch in pulled.batches {
                    for index in batch.events.indices {
                        board.arrived(batch.counter + UInt64(index), at: now)
                    }
                }
            }
            text.removeSubrange(..<end.upperBound)
        }
    }
}
