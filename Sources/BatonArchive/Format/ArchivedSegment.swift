package import BatonCore
package import BatonLog

/// A segment of an archive: a part of one stream's log that stands for itself (`protocol/archive.md`,
/// section 3).
package struct ArchivedSegment: Hashable, Sendable {
    /// Whose entries these are.
    package let stream: StreamKey
    /// The hash of the entry before the first.
    package let chainBefore: [UInt8]
    /// What the log covers before the first entry.
    package let vectorBefore: VersionVector
    /// The entries, at least one, in order.
    package let chunks: [Chunk]
    /// The hash of the last entry.
    package let chainAfter: [UInt8]

    private static let magic: StaticString = "BATONENT"

    /// Joins the parts and works out the chain. O(bytes). Fails where the frames are damaged.
    package init(
        stream: StreamKey, chainBefore: [UInt8], vectorBefore: VersionVector, chunks: [Chunk]
    ) throws(ArchiveFailure) {
        precondition(!chunks.isEmpty, "a segment of \(stream) without entries")
        self.stream = stream
        self.chainBefore = chainBefore
        self.vectorBefore = vectorBefore
        self.chunks = chunks
        var chain = chainBefore
        for chunk in chunks { chain = try chunk.chain(after: chain) }
        chainAfter = chain
    }

    /// The offset of the first entry.
    package var first: Offset { chunks[0].offset }
    /// The offset of the last entry.
    package var last: Offset { chunks[chunks.count - 1].lastOffset }

    /// What the log covers after the last entry. O(chunks).
    package var vectorAfter: VersionVector { vector(upTo: last) }

    /// What the log covers up to `offset`, which lies in the segment or just before it. O(chunks).
    func vector(upTo offset: Offset) -> VersionVector {
        var vector = vectorBefore
        for chunk in chunks where chunk.offset <= offset {
            let count = min(offset, chunk.lastOffset).rawValue - chunk.offset.rawValue
            vector.insert(
                Dot(chunk.replica, Counter(rawValue: chunk.counter.rawValue + count)))
        }
        return vector
    }

    /// The hash of the entry at `offset`, which lies in the segment or just before it. O(bytes).
    package func chain(at offset: Offset) throws(ArchiveFailure) -> [UInt8] {
        var chain = chainBefore
        for chunk in chunks where chunk.offset <= offset {
            chain = try chunk.chain(after: chain, upTo: offset)
        }
        return chain
    }

    /// The content of the segment's file before it is compressed.
    package var bytes: [UInt8] {
        var writer = ArchiveByteWriter(magic: Self.magic, stream)
        writer.put(first.rawValue, bytes: 8)
        writer.put(chainBefore)
        let covered = vectorBefore.sorted
        writer.put(UInt64(covered.count), bytes: 4)
        for dot in covered { writer.put(dot) }
        writer.put(UInt64(chunks.count), bytes: 4)
        for chunk in chunks {
            writer.put(Dot(chunk.replica, chunk.counter))
            writer.put(UInt64(bitPattern: chunk.receivedAt), bytes: 8)
            writer.put(UInt64(chunk.count), bytes: 4)
            writer.put(UInt64(chunk.body.count), bytes: 4)
            writer.put(chunk.body)
        }
        writer.put(chainAfter)
        return writer.bytes
    }

    /// Reads a segment and checks all that it can tell of itself: frames, counters (L2), chain (L6).
    package init(bytes: [UInt8]) throws(ArchiveFailure) {
        var reader = ArchiveByteReader(bytes)
        stream = try reader.key(magic: Self.magic)
        var next = try reader.offset()
        chainBefore = Array(try reader.take(LogChain.length))
        var vector = VersionVector()
        var previous: ReplicaID?
        for _ in 0..<(try reader.count(ofAtLeast: 24)) {
            let dot = try reader.dot()
            guard previous.map({ $0 < dot.replica }) ?? true else {
                throw ArchiveFailure(
                    .damaged, "the vector before the first entry is not ascending by replica")
            }
            vector.insert(dot)
            previous = dot.replica
        }
        vectorBefore = vector
        var chain = chainBefore
        var chunks: [Chunk] = []
        for _ in 0..<(try reader.count(ofAtLeast: 40)) {
            let chunk = try reader.chunk(at: next)
            let expected = vector[chunk.replica].next
            guard chunk.counter == expected else {
                throw ArchiveFailure(
                    .damaged,
                    "\(chunk.replica) counts \(chunk.counter) at offset \(next), where \(expected) "
                        + "comes next")
            }
            chain = try chunk.chain(after: chain)
            vector.insert(Dot(chunk.replica, chunk.lastCounter))
            next = chunk.lastOffset.next
            chunks.append(chunk)
        }
        chainAfter = Array(try reader.take(LogChain.length))
        try reader.finish()
        guard !chunks.isEmpty, chainAfter == chain else {
            throw ArchiveFailure(
                .damaged, "the chain breaks: content, dot or order of an entry was changed")
        }
        self.chunks = chunks
    }
}

extension ArchiveByteReader {
    fileprivate mutating func chunk(at offset: Offset) throws(ArchiveFailure) -> Chunk {
        let dot = try dot()
        let receivedAt = Int64(bitPattern: try number(bytes: 8))
        let count = Int(try number(bytes: 4))
        let length = Int(try number(bytes: 4))
        let chunk = Chunk(
            replica: dot.replica, counter: dot.counter, offset: offset, count: count,
            body: Array(try take(length)), receivedAt: receivedAt)
        guard count > 0 else {
            throw ArchiveFailure(.damaged, "a chunk at offset \(offset) is damaged")
        }
        return chunk
    }
}

extension Chunk {
    /// The counter of the last entry.
    var lastCounter: Counter { Counter(rawValue: counter.rawValue + UInt64(count) - 1) }

    /// The hash of the last entry, or of the one at `end`, after an entry with the hash `chain`.
    package func chain(after chain: [UInt8], upTo end: Offset? = nil) throws(ArchiveFailure)
        -> [UInt8]
    {
        guard let frames = EventFrames.scan(body), frames.count == count else {
            throw ArchiveFailure(
                .damaged, "the entries from offset \(offset) on are not \(count) whole frames")
        }
        let wanted = end.map { $0 < offset ? 0 : Int($0.rawValue - offset.rawValue) + 1 } ?? count
        return LogChain.extend(
            chain, from: Dot(replica, counter), over: frames.prefix(wanted), of: body)
    }
}
