import BatonCore
import BatonSync
import BatonWire
import Synchronization

/// A client without a store, as a till or a script is: it sends each write under an
/// `Idempotency-Key`, again and again, until it is answered.
final class ThinWriter: Sendable {
    /// How it writes.
    enum Pace {
        /// With pauses, as a person at a till.
        case calm
        /// One write after the other, each of about seven times so many bytes.
        case hasty(padding: Int)
    }

    let writer: Int
    let stream: StreamID
    private let transport: WitnessTransport
    private let token: String
    private let chance: Chance
    private let findings: FindingList
    private let pace: Pace
    private let answered = Mutex(0)
    private let stopping = Mutex(false)
    private let done = Mutex(false)

    init(
        writer: Int, stream: StreamID, transport: WitnessTransport, token: String,
        chance: Chance, findings: FindingList, pace: Pace = .calm
    ) {
        self.writer = writer
        self.stream = stream
        self.transport = transport
        self.token = token
        self.chance = chance
        self.findings = findings
        self.pace = pace
    }

    /// How many writes were answered.
    var writes: Int { answered.withLock { $0 } }

    /// Begins no write any more; ``run()`` returns once the one at hand is answered.
    func stop() { stopping.withLock { $0 = true } }

    /// Whether ``run()`` is about to return.
    var isDone: Bool { done.withLock { $0 } }

    /// Writes until it is stopped, or cancelled.
    func run() async {
        defer { done.withLock { $0 = true } }
        while !stopping.withLock({ $0 }) && !Task.isCancelled {
            let mark = Mark(writer: writer, number: writes + 1)
            guard await write(mark, body: body(of: mark)) else { return }
            answered.withLock { $0 = mark.number }
            if case .calm = pace {
                try? await Task.sleep(for: .milliseconds(chance.pick(1...50)))
            }
        }
    }

    private func body(of mark: Mark) -> [UInt8] {
        let article = "article-\(chance.pick(1...12))"
        var padding = ""
        if case .hasty(let bytes) = pace {
            let note = String(repeating: "x", count: bytes)
            for line in 1...7 {
                padding += #"{"path":"/lines/article-\#(line)/note","set":"\#(note)"},"#
            }
        }
        return Array(
            """
            {"channel":"store","operations":[\(padding)\
            {"path":"/lines/\(article)/quantity","add":\(chance.pick(1...3))},\
            {"path":"\(Fingerprint.markPath)","set":"\(mark)"}]}
            """.utf8)
    }

    /// Whether it was answered before the task was cancelled.
    private func write(_ mark: Mark, body: [UInt8]) async -> Bool {
        var first: Dot?
        // Now and then once more after the answer: it must be the same one.
        var more = chance.percent(10) ? 2 : 1
        while !Task.isCancelled {
            if let dot = await send(mark, body) {
                if let first, first != dot {
                    findings.add(.doubled, "stream \(stream)", "\(mark) is \(first) and \(dot)")
                }
                first = dot
                more -= 1
                if more == 0 { return true }
            } else {
                try? await Task.sleep(for: .milliseconds(chance.pick(5...50)))
            }
        }
        return false
    }

    private func send(_ mark: Mark, _ body: [UInt8]) async -> Dot? {
        let call = SyncCall(
            .post, "/v1/streams/\(stream)/entities/cart/main",
            headers: [
                "content-type": "application/json", "accept": "application/x-protobuf",
                "authorization": "Bearer \(token)", "idempotency-key": mark.description,
            ], body: body, timeout: .seconds(20))
        guard let reply = try? await transport.send(call), reply.status == 200 else { return nil }
        guard let answer = try? Protobuf.decode(Baton_V1_WriteResponse.self, from: reply.body),
            let replica = ReplicaID(answer.replica),
            [.accepted, .duplicate].contains(answer.verdict.outcome)
        else {
            findings.add(.answer, "stream \(stream)", "\(mark) was answered 200 and not accepted")
            return nil
        }
        let dot = Dot(replica, Counter(rawValue: answer.verdict.counter))
        transport.record.note([
            Acknowledgement(stream: stream, dot: dot, digest: nil, mark: mark)
        ])
        return dot
    }
}
