public import BatonCore
public import BatonLog
public import BatonWire

/// The entries of a chunk, decoded.
public enum ChunkEntries {
    /// The entries, in order. O(bytes).
    public static func read(_ chunk: Chunk) throws(WireFailure) -> [Entry] {
        guard let frames = EventFrames.scan(chunk.body), frames.count == chunk.count else {
            throw WireFailure(
                .malformedProtobuf,
                "the chunk at offset \(chunk.offset) is not \(chunk.count) frames")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(chunk.count)
        for (index, frame) in frames.enumerated() {
            let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
            entries.append(
                try Entry(
                    encoded: chunk.body, in: frame.content, dot: Dot(chunk.replica, counter)))
        }
        return entries
    }
}
