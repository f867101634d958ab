public import BatonCore
public import BatonLog
public import BatonWire

/// The entries of a chunk, decoded.
public enum ChunkEntries {
    /// The entries as messages, in order. O(bytes).
    public static func messages(_ chunk: Chunk) throws(WireFailure) -> [Baton_V1_Event] {
        guard let frames = EventFrames.scan(chunk.body), frames.count == chunk.count else {
            throw WireFailure(
                .malformedProtobuf,
                "the chunk at offset \(chunk.offset) is not \(chunk.count) frames")
        }
        var messages: [Baton_V1_Event] = []
        messages.reserveCapacity(frames.count)
        for frame in frames {
            messages.append(
                try Protobuf.decode(Baton_V1_Event.self, from: Array(chunk.body[frame.content])))
        }
        return messages
    }

    /// The entries, in order. O(bytes).
    public static func read(_ chunk: Chunk) throws(WireFailure) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(chunk.count)
        for (index, message) in try messages(chunk).enumerated() {
            let counter = Counter(rawValue: chunk.counter.rawValue + UInt64(index))
            entries.append(try Entry(message, dot: Dot(chunk.replica, counter)))
        }
        return entries
    }
}
