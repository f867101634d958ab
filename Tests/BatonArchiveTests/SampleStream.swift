import BatonCore
import BatonLog
import BatonWire
import Crypto
import Foundation

@testable import BatonArchive

/// A stream of chunks as a log would hold them, from two replicas by turns.
struct SampleStream {
    let key: StreamKey
    private(set) var chunks: [Chunk] = []
    private var vector = VersionVector()
    private var head = Offset.start

    init(_ stream: String = "cust-1", tenant: String = "acme") throws {
        key = StreamKey(tenant: try TenantID(tenant), stream: try StreamID(stream))
    }

    static let phone = ReplicaID(high: 1, low: 1)
    static let till = ReplicaID(high: .max, low: 3)

    /// Adds a chunk of `count` entries by `replica`, received at `time`; `mark` makes its content.
    mutating func add(
        _ count: Int, by replica: ReplicaID = phone, at time: Int64 = 1_000, mark: String = "e",
        isVoid: Bool = false
    ) throws {
        var body: [UInt8] = []
        let counter = vector[replica].next
        for index in 0..<count {
            let content =
                isVoid
                ? Entry.encodedVoid(
                    Refusal(.schemaViolation, "because of \(mark)"),
                    digest: Array(SHA256.hash(data: Array(mark.utf8))))
                : Array("\(mark) \(counter.rawValue + UInt64(index))".utf8)
            EventFrames.append(content, to: &body)
        }
        let chunk = Chunk(
            replica: replica, counter: counter, offset: head.next, count: count, body: body,
            receivedAt: time)
        chunks.append(chunk)
        vector.insert(Dot(replica, chunk.lastCounter))
        head = chunk.lastOffset
    }

    /// A stream of many chunks of both replicas, one of them a refused event.
    static func long(_ stream: String = "cust-1", chunks: Int = 12) throws -> SampleStream {
        var sample = try SampleStream(stream)
        for index in 0..<chunks {
            try sample.add(
                index % 3 + 1, by: index % 2 == 0 ? phone : till, at: Int64(1_000 + index),
                mark: "\(stream) \(index)", isVoid: index == 4)
        }
        return sample
    }

    /// Hash and vector after the first `count` chunks.
    func place(after count: Int) throws -> (chain: [UInt8], vector: VersionVector) {
        var chain = LogChain.start
        var vector = VersionVector()
        for chunk in chunks.prefix(count) {
            chain = try chunk.chain(after: chain)
            vector.insert(Dot(chunk.replica, chunk.lastCounter))
        }
        return (chain, vector)
    }

    /// Takes the chunks of `range` into an archive.
    @discardableResult
    func archive(_ range: Range<Int>, in writer: ArchiveWriter) throws -> StreamArchiveWriter {
        var stream = try writer.stream(key)
        let place = try place(after: range.lowerBound)
        let before = range.lowerBound == 0 ? Offset.start : chunks[range.lowerBound - 1].lastOffset
        try stream.begin(after: before, chain: place.chain, vector: place.vector)
        for chunk in chunks[range] { try stream.append(chunk) }
        try stream.finish()
        writer.count(stream)
        return stream
    }

    /// A snapshot after the first `count` chunks, which says of the state only what it covers.
    func snapshot(after count: Int) throws -> ArchivedSnapshot {
        let place = try place(after: count)
        let offset = chunks[count - 1].lastOffset
        let state = StreamState(entities: [:], vector: place.vector, offset: offset)
        return ArchivedSnapshot(
            stream: key, chain: place.chain,
            stored: StoredSnapshot(
                offset: offset, body: Protobuf.encode(state.message),
                stateHash: StateHash(of: state).bytes),
            voids: [
                ArchivedVoid(
                    dot: Dot(Self.phone, Counter(rawValue: 1)), offset: Offset(rawValue: 1),
                    record: VoidRecord(
                        refusal: Refusal(.notPermitted, "no"),
                        digest: Array(SHA256.hash(data: [1]))))
            ])
    }
}

/// Runs `body` with a folder that does not exist yet, and removes it.
func withFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "baton-archive-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The entries of all segments of a stream, in order.
func chunks(in path: String, of key: StreamKey) throws -> [Chunk] {
    let archive = try Archive(opening: path)
    guard let manifest = try archive.manifest(of: key) else { return [] }
    return try manifest.segments.flatMap { try archive.segment($0, of: key).chunks }
}
