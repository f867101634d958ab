import BatonCore
import BatonLog
import BatonWire

/// Pushes as bytes.
enum PushBody {
    /// A push request of protobuf: a run of one replica's events, as frames.
    static func bytes(replica: ReplicaID, counter: UInt64, frames: [UInt8]) -> [UInt8] {
        var header = Baton_V1_Batch()
        header.replica = replica.description
        header.counter = counter
        let batch = Protobuf.encode(header)
        // PushRequest.batch is field 1, length-delimited.
        var body: [UInt8] = [0x0A]
        body.reserveCapacity(batch.count + frames.count + 6)
        var length = batch.count + frames.count
        while length >= 0x80 {
            body.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        body.append(UInt8(length))
        return body + batch + frames
    }
}

/// What is pushed: the same typical event, so many times.
struct PushSample {
    /// One event's encoding: three operations on a cart line, some 200 bytes.
    let event: [UInt8]
    /// The events as frames of a batch.
    let frames: [UInt8]
    /// How many events the frames are.
    let count: Int

    init(events: Int) throws {
        // It had seen all earlier events of its replica, so the same bytes serve under any counter.
        event = try CartHistory(lines: 1).event(0)
        var frames: [UInt8] = []
        for _ in 0..<events { EventFrames.append(event, to: &frames) }
        self.frames = frames
        count = events
    }
}

/// A customer's cart of so many lines, edited again and again from one device: each event sets one
/// line's quantity, title and note anew, some 200 bytes, so the live state stays as it is while the
/// history grows.
struct CartHistory: EventHistory {
    /// Lines of the cart.
    let lines: Int

    /// The encoding of the event of that number, from 0.
    func event(_ number: Int) throws -> [UInt8] {
        let cart = try EntityID("cart/main")
        let sku = ExactText("sku-\(10_482 + number % lines)")
        func set(_ field: ExactText, _ value: Value) -> FieldOperation {
            FieldOperation(cart, FieldPath(["lines", sku, field]), .set(value))
        }
        return try HistoryEvent.encoded(
            number,
            [
                set("quantity", .integer(Int64(number / lines % 9 + 1))),
                set("title", "Linen shirt, blue, 42"),
                set("note", "gift wrap, deliver after 18:00"),
            ])
    }
}

/// One connection's pushes to a stream of its own, one after another, each with the next counters.
final class PushClient: LoadClient {
    private let sample: PushSample
    private let path: String
    private let headers: [String]
    private let replica: ReplicaID
    private let meter: LoadMeter
    /// Counters that were acknowledged, all up to this one.
    private(set) var acknowledged: UInt64 = 0

    init(_ stream: String, replica: ReplicaID, sample: PushSample, token: String, meter: LoadMeter)
    {
        self.sample = sample
        self.replica = replica
        self.meter = meter
        path = "/v1/streams/\(stream)/events"
        headers = HTTPRequest.headers(token: token)
    }

    func next(at now: UInt64) -> LoadStep {
        let body = PushBody.bytes(
            replica: replica, counter: acknowledged + 1, frames: sample.frames)
        return .send(HTTPRequest.post(path, headers: headers, body: body))
    }

    func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
        try meter.count(answer, nanoseconds: now - sent)
        acknowledged += UInt64(sample.count)
    }
}
