import BatonCore
import BatonLog

/// Goes along a stream's chunks as they lie in the log, whole, and holds each against the chain (L6).
struct ChunkWalk {
    let engine: any LogEngine
    let key: StreamKey
    /// The last offset to go to, which ends a chunk.
    let end: Offset
    /// Bytes of frames that one step reads, unless a single chunk has more.
    private static let stepBytes = 1 << 20

    private(set) var position: Offset
    private(set) var chain: [UInt8]

    init(
        _ key: StreamKey, in engine: any LogEngine, after offset: Offset, chain: [UInt8],
        through end: Offset
    ) {
        self.key = key
        self.engine = engine
        self.end = end
        position = offset
        self.chain = chain
    }

    /// The next chunks, of together at most `entries` unless a single one has more; none at the end.
    mutating func next(entries: Int) async throws(CompactionFailure) -> [Chunk] {
        guard position < end else { return [] }
        let after = position
        let headers = try await asking { () async throws(LogFailure) in
            try await engine.headers(of: key, after: after, limit: 1_000)
        }
        var wanted: [ChunkHeader] = []
        var count = 0
        var bytes = 0
        for header in headers where header.lastOffset <= end {
            guard
                wanted.isEmpty
                    || count + header.count <= entries && bytes + header.bytes <= Self.stepBytes
            else { break }
            wanted.append(header)
            count += header.count
            bytes += header.bytes
        }
        guard wanted.first?.offset == position.next else {
            throw try await misplaced(headers.first)
        }
        let limit = ReadLimit(events: max(1, count), bytes: max(1, bytes))
        let slice = try await asking { () async throws(LogFailure) in
            try await engine.read(key, after: after, limit: limit)
        }
        guard slice.horizon <= after else { throw .overtaken(key) }
        try check(slice.chunks, against: wanted)
        return slice.chunks
    }

    private mutating func check(_ chunks: [Chunk], against headers: [ChunkHeader])
        throws(CompactionFailure)
    {
        for (index, header) in headers.enumerated() {
            guard index < chunks.count, chunks[index].offset == header.offset,
                chunks[index].count == header.count, chunks[index].replica == header.replica,
                chunks[index].counter == header.counter,
                let extended = chunks[index].chained(after: chain), extended == header.chain
            else { throw .damaged(key, at: header.offset) }
            chain = extended
            position = header.lastOffset
        }
        guard chunks.count == headers.count else { throw .damaged(key, at: position.next) }
    }

    /// The entries that come next are gone: another compaction took them, or the log is damaged.
    private func misplaced(_ found: ChunkHeader?) async throws(CompactionFailure)
        -> CompactionFailure
    {
        let head = try await asking { () async throws(LogFailure) in try await engine.head(of: key)
        }
        return head.horizon > position ? .overtaken(key) : .damaged(key, at: position.next)
    }

    private func asking<Answer: Sendable>(
        _ question: () async throws(LogFailure) -> Answer
    ) async throws(CompactionFailure) -> Answer {
        do {
            return try await question()
        } catch {
            throw CompactionFailure(.log, key, error.message, cause: error.code.rawValue)
        }
    }
}

extension Chunk {
    /// The hash of the last entry, after an entry with the hash `chain`; `nil` where the frames are
    /// damaged.
    func chained(after chain: [UInt8]) -> [UInt8]? {
        guard let frames = EventFrames.scan(body), frames.count == count else { return nil }
        return LogChain.extend(chain, from: Dot(replica, counter), over: frames, of: body)
    }
}
