import BatonCore
import BatonLog
import Crypto

let phone = ReplicaID(high: 1, low: 1)
let kiosk = ReplicaID(high: 2, low: 2)
let till = ReplicaID(high: .max, low: 3)

/// A stream of the tenant `acme` unless another is named.
func key(_ stream: String, tenant: String = "acme") throws -> StreamKey {
    StreamKey(tenant: try TenantID(tenant), stream: try StreamID(stream))
}

/// An entry to push: its content, what it had seen, and why it is void, if it is.
struct Sample {
    var content: String
    var seen: UInt64 = 0
    var beyond: [ReplicaID: UInt64] = [:]
    var void: RefusalCode?
}

extension Sample: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self.init(content: value) }
}

/// SHA-256 of a text.
func digest(_ text: String) -> [UInt8] { digest(Array(text.utf8)) }

/// SHA-256 of bytes.
func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// A push of `samples`. A void entry's frame holds a record of the refusal, not the content.
func push(
    _ replica: ReplicaID, from counter: UInt64?, _ samples: [Sample], at time: Int64 = 1_000,
    key: IdempotencyKey? = nil
) -> AppendRequest {
    var body: [UInt8] = []
    var entries: [AppendRequest.Entry] = []
    for sample in samples {
        let start = body.count
        let content = sample.void.map { "void:\($0.rawValue)" } ?? sample.content
        EventFrames.append(Array(content.utf8), to: &body)
        entries.append(
            AppendRequest.Entry(
                length: body.count - start, seen: Offset(rawValue: sample.seen),
                beyond: VersionVector(sample.beyond.mapValues { Counter(rawValue: $0) }),
                void: sample.void.map {
                    VoidRecord(
                        refusal: Refusal($0, "because of \(sample.content)"),
                        digest: digest(sample.content))
                }))
    }
    return AppendRequest(
        replica: replica, firstCounter: counter.map { Counter(rawValue: $0) }, body: body,
        entries: entries, receivedAt: time, idempotency: key)
}

extension LogEngine {
    /// Pushes and returns the verdicts.
    @discardableResult
    func push(
        _ replica: ReplicaID, from counter: UInt64?, _ samples: [Sample], to stream: StreamKey
    ) async throws -> [Verdict] {
        try await append(
            BatonLogTests.push(replica, from: counter, samples), to: stream
        ).verdicts
    }

    /// All entries after an offset, one by one.
    func entries(of stream: StreamKey, after offset: UInt64 = 0) async throws -> [ReadEntry] {
        try await read(
            stream, after: Offset(rawValue: offset),
            limit: ReadLimit(events: 100_000, bytes: 1 << 30)
        ).entries
    }
}

/// One entry as it was read.
struct ReadEntry: Hashable {
    let offset: UInt64
    let dot: Dot
    let content: String
}

extension LogSlice {
    /// The chunks' entries, one by one.
    var entries: [ReadEntry] {
        chunks.flatMap { chunk in
            (EventFrames.scan(chunk.body) ?? []).enumerated().map { index, frame in
                ReadEntry(
                    offset: chunk.offset.rawValue + UInt64(index),
                    dot: Dot(
                        chunk.replica, Counter(rawValue: chunk.counter.rawValue + UInt64(index))),
                    content: String(decoding: chunk.body[frame.content], as: UTF8.self))
            }
        }
    }
}

extension [Verdict] {
    /// The verdicts in short: `accepted 1`, `duplicate 1`, `gap`, `schema-violation 2` …
    var short: [String] {
        map { verdict in
            switch verdict {
            case .accepted(let offset): "accepted \(offset)"
            case .duplicate(let offset): "duplicate \(offset)"
            case .refused(let refusal, .start): refusal.code.rawValue
            case .refused(let refusal, let offset): "\(refusal.code.rawValue) \(offset)"
            }
        }
    }
}
