public import BatonCore

/// A sync request, read and checked, with the pushed bytes as they came.
public struct IncomingSync: Sendable {
    /// One stream's part.
    public struct Part: Sendable {
        /// The stream's name as it came; not checked yet.
        public let stream: String
        /// What is pushed, if anything.
        public let push: PushedBatch?
        /// The cursor to pull from; empty: from the start.
        public let after: String
        /// At most so many events; 0: as the server likes.
        public let limit: Int
        /// The asking replica.
        public let replica: ReplicaID?
    }

    /// The parts, in order.
    public let parts: [Part]
    /// How many there are, also of those that were not read.
    public let count: Int

    /// Reads a protobuf request, and of its parts `most`: an empty one is two bytes long, and a hundred
    /// once it is read.
    public init(protobuf bytes: [UInt8], most: Int = .max) throws(WireFailure) {
        var reader = WireReader(bytes, 0..<bytes.count)
        var parts: [Part] = []
        var count = 0
        while let tag = try reader.next() {
            guard tag.field == 1, tag.type == WireReader.Tag.length else {
                try reader.skip(tag)
                continue
            }
            count += 1
            let content = try reader.content()
            if count <= most { parts.append(try Part(encoded: bytes, in: content)) }
        }
        self.parts = parts
        self.count = count
    }

    /// Reads a JSON request.
    public init(json bytes: [UInt8]) throws(WireFailure) {
        let message = try Protobuf.decodeJSON(Baton_V1_SyncRequest.self, from: bytes)
        var parts: [Part] = []
        for stream in message.streams {
            parts.append(
                Part(
                    stream: stream.stream,
                    push: stream.hasPush ? try PushedBatch(stream.push) : nil,
                    after: stream.after, limit: Int(stream.limit),
                    replica: stream.replica.isEmpty ? nil : try Names.replica(stream.replica)))
        }
        self.parts = parts
        count = parts.count
    }
}

extension IncomingSync.Part {
    fileprivate init(encoded bytes: [UInt8], in range: Range<Int>) throws(WireFailure) {
        var reader = WireReader(bytes, range)
        var stream = ""
        var push: PushedBatch?
        var after = ""
        var limit: UInt64 = 0
        var replica = ""
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, WireReader.Tag.length): stream = try reader.text()
            case (2, WireReader.Tag.length):
                guard push == nil else {
                    throw WireFailure(.malformedEvent, "a stream has one push, not several")
                }
                push = try PushedBatch(encoded: bytes, in: reader.content())
            case (3, WireReader.Tag.length): after = try reader.text()
            case (4, WireReader.Tag.varint): limit = try reader.varint()
            case (5, WireReader.Tag.length): replica = try reader.text()
            default: try reader.skip(tag)
            }
        }
        self.init(
            stream: stream, push: push, after: after, limit: Int(UInt32(truncatingIfNeeded: limit)),
            replica: replica.isEmpty ? nil : try Names.replica(replica))
    }
}
