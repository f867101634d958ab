package import BatonCore
package import BatonLog
import BatonWire

/// Copies streams out of a log into an archive; the log is only read.
///
/// Works beside a live server: of each stream what is there when its turn comes is copied, whole
/// chunks, up to the head as it was then. Exporting again adds what came since. Memory is bounded by a
/// segment and a stream's live state.
package struct ArchiveExport {
    /// What became of a stream.
    package struct Outcome: Hashable, Sendable {
        /// The stream.
        package let key: StreamKey
        /// Entries that the archive lacked and now holds.
        package let entries: UInt64
        /// Bytes of files that were written.
        package let bytes: Int
        /// The archive holds the entries after this offset; above 0 there is a snapshot instead.
        package let beginning: Offset
        /// The last offset that it holds.
        package let head: Offset
    }

    private let engine: any LogEngine
    private let archive: ArchiveWriter
    /// Bytes that one read takes at most, unless a single chunk has more.
    private static let stepBytes = 1 << 20

    /// An export from `engine` into `archive`.
    package init(from engine: any LogEngine, into archive: ArchiveWriter) {
        self.engine = engine
        self.archive = archive
    }

    /// Copies one stream; `nil` where it has not begun.
    /// - Throws: `archive-foreign` where the archive holds entries of another log under its name.
    package func run(
        _ key: StreamKey, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) async throws(ArchiveFailure) -> Outcome? {
        let head = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.head(of: key)
        }
        guard head.offset > .start else { return nil }
        let beginning = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.beginning(of: key)
        }
        let base = try base(of: key, beginning, head)
        var writer = try archive.stream(key)
        try writer.begin(
            after: beginning.horizon, chain: beginning.chain, vector: beginning.counters)
        var walk = Walk(position: beginning.horizon, chain: beginning.chain)
        var chainAtBase = base?.offset == beginning.horizon ? beginning.chain : nil
        while walk.position < head.offset {
            let chunks = try await read(key, after: walk.position, through: head.offset)
            for chunk in chunks {
                if let base, chunk.offset <= base.offset, base.offset <= chunk.lastOffset {
                    chainAtBase = try chunk.chain(after: walk.chain, upTo: base.offset)
                }
                try writer.append(chunk)
                try walk.take(chunk)
            }
            progress(
                walk.position.rawValue - beginning.horizon.rawValue,
                head.offset.rawValue - beginning.horizon.rawValue)
        }
        guard walk.chain == head.chain else { throw damaged(key, at: head.offset) }
        if let base, let chainAtBase {
            try writer.put(
                ArchivedSnapshot(
                    stream: key, chain: chainAtBase, stored: base, voids: beginning.voids))
        }
        try writer.finish(movedTo: head.movedTo)
        archive.count(writer)
        return Outcome(
            key: key, entries: writer.written, bytes: writer.bytes,
            beginning: beginning.horizon, head: head.offset)
    }

    /// Where a walk along the log stands.
    private struct Walk {
        var position: Offset
        var chain: [UInt8]

        mutating func take(_ chunk: Chunk) throws(ArchiveFailure) {
            chain = try chunk.chain(after: chain)
            position = chunk.lastOffset
        }
    }

    /// The state where the log begins, which a reader of the archive needs; `nil` where the log has
    /// all of its entries.
    private func base(of key: StreamKey, _ beginning: StreamBeginning, _ head: LogHead)
        throws(ArchiveFailure) -> StoredSnapshot?
    {
        guard beginning.horizon > .start else { return nil }
        guard beginning.horizon <= head.offset else { throw overtaken(key) }
        guard let base = beginning.base, base.offset >= beginning.horizon else {
            throw ArchiveFailure(
                .log,
                "the log of \(key.tenant) \(key.stream) begins after offset \(beginning.horizon), "
                    + "but no base snapshot reaches it: run baton verify")
        }
        // Another compaction may have stored one since.
        guard base.offset <= head.offset else { throw overtaken(key) }
        return base
    }

    /// The next chunks, whole, up to `end`.
    private func read(_ key: StreamKey, after offset: Offset, through end: Offset)
        async throws(ArchiveFailure) -> [Chunk]
    {
        let headers = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.headers(of: key, after: offset, limit: 1_000)
        }
        var events = 0
        var bytes = 0
        var chunks = 0
        for header in headers where header.lastOffset <= end {
            guard chunks == 0 || bytes + header.bytes <= Self.stepBytes else { break }
            events += header.count
            bytes += header.bytes
            chunks += 1
        }
        guard chunks > 0 else { throw damaged(key, at: offset.next) }
        let limit = ReadLimit(events: events, bytes: max(1, bytes))
        let slice = try await ArchiveFailure.asking { () async throws(LogFailure) in
            try await engine.read(key, after: offset, limit: limit)
        }
        guard slice.horizon <= offset else { throw overtaken(key) }
        guard slice.chunks.map(\.lastOffset) == headers.prefix(chunks).map(\.lastOffset),
            slice.chunks.first?.offset == offset.next
        else { throw damaged(key, at: offset.next) }
        return slice.chunks
    }

    private func damaged(_ key: StreamKey, at offset: Offset) -> ArchiveFailure {
        ArchiveFailure(
            .log,
            "the log of \(key.tenant) \(key.stream) is not what was written at or before offset "
                + "\(offset): run baton verify")
    }

    private func overtaken(_ key: StreamKey) -> ArchiveFailure {
        ArchiveFailure(
            .log, "\(key.tenant) \(key.stream) was compacted while it was copied: run it again")
    }
}
