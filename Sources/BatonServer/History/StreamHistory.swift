import BatonCore
import BatonLog

/// All that can still be read of a stream, oldest first: what an archive holds below the log's
/// horizon, then the log.
struct StreamHistory: Sendable {
    let key: StreamKey
    /// The log's last offset when the history was opened.
    let head: Offset
    /// Entries up to here are gone, or lie in no archive that the server was given.
    let beginning: Offset
    /// What the archive holds; `nil` for nothing.
    let past: ArchivedPast?
    private let horizon: Offset
    private let engine: any LogEngine
    private let limits: ServerLimits

    init(
        of key: StreamKey, in engine: any LogEngine, archive: ArchiveShelf?, limits: ServerLimits
    ) async throws(Problem) {
        let found = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        guard found.offset != .start else {
            throw Problem(
                .streamNotFound,
                "there is no stream \(key.stream); a stream begins with the first event pushed to it"
            )
        }
        self.key = key
        self.engine = engine
        self.limits = limits
        head = found.offset
        horizon = found.horizon
        if let archive {
            past = try await ArchivedPast(of: key, on: archive, in: engine, horizon: found.horizon)
        } else {
            past = nil
        }
        beginning = past?.beginning ?? found.horizon
    }

    /// Chunks from the one on that holds the entry after `offset`; none at the head. Begins no earlier
    /// than ``beginning``.
    func chunks(after offset: Offset, events: Int? = nil) async throws(Problem) -> [Chunk] {
        let after = max(offset, beginning)
        if let past, after < horizon { return try await past.chunks(after: after) }
        let limit = ReadLimit(
            events: events ?? limits.eventsPerPull, bytes: limits.bytesPerPull)
        let slice = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.read(key, after: after, limit: limit)
        }
        guard slice.horizon <= after else {
            throw Problem(.overloaded, Self.compactedMeanwhile)
        }
        return slice.chunks
    }

    /// The entries after `start` up to `end`, one by one, in order, until `take` returns false.
    func entries(
        after start: Offset, through end: Offset,
        _ take: (Entry, Offset, Int64) throws(Problem) -> Bool
    ) async throws(Problem) {
        var position = max(start, beginning)
        while position < end {
            let chunks = try await chunks(after: position)
            guard let last = chunks.last?.lastOffset else { return }
            for chunk in chunks {
                let entries: [Entry]
                do {
                    entries = try ChunkEntries.read(chunk)
                } catch { throw Problem(error) }
                for (index, entry) in entries.enumerated() {
                    let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                    if offset > end { return }
                    guard offset > position else { continue }
                    guard try take(entry, offset, chunk.receivedAt) else { return }
                    // What is done with each may be a lot of work: others have their turn in between.
                    if index % 32 == 31 { await Task.yield() }
                }
            }
            position = last
        }
    }

    /// The last offset before the first entry that the server received after `time`: the head where
    /// there is none. Reads headers, and of an archive one segment.
    func offset(at time: Int64) async throws(Problem) -> Offset {
        if let found = try await past?.offset(before: time) {
            guard found > beginning || beginning == .start else { throw Self.compacted(beginning) }
            return found
        }
        var last = horizon
        while last < head {
            let after = last
            let headers = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.headers(of: key, after: after, limit: 1_000)
            }
            guard let final = headers.last else { break }
            if let later = headers.first(where: { $0.receivedAt > time }) {
                last = Offset(rawValue: later.offset.rawValue - 1)
                break
            }
            last = final.lastOffset
        }
        // At a horizon below which nothing is known, the moment may lie anywhere before.
        guard last > horizon || past != nil || horizon == .start else {
            throw Self.compacted(horizon)
        }
        return min(last, head)
    }

    /// What `read` makes of the history; once more where compaction took away what it was reading.
    static func undisturbed<Value>(
        _ read: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        for _ in 0..<3 {
            do {
                return try await read()
            } catch {
                guard error.detail == compactedMeanwhile else { throw error }
            }
        }
        return try await read()
    }

    private static let compactedMeanwhile =
        "the log was compacted while it was read; try again in a moment"

    /// The problem that answers a moment of which nothing is left.
    static func compacted(_ beginning: Offset) -> Problem {
        Problem(
            .compacted,
            "the log has been compacted up to offset \(beginning), and the server was given no archive "
                + "that goes back further (baton serve --archive); read the stream as it is now")
    }
}
