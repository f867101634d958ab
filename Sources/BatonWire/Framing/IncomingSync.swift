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

    /// Reads a protobuf request.
    public init(protobuf bytes: [UInt8]) throws(WireFailure) {
        let message = try Protobuf.decode(Baton_V1_SyncRequest.self, from: bytes)
        try self.init(
            message, pushes: PushedBatch.batches(syncRequest: bytes, message: message))
    }

    /// Reads a JSON request.
    public init(json bytes: [UInt8]) throws(WireFailure) {
        let message = try Protobuf.decodeJSON(Baton_V1_SyncRequest.self, from: bytes)
        var pushes: [PushedBatch?] = []
        for stream in message.streams {
            pushes.append(stream.hasPush ? try PushedBatch(stream.push) : nil)
        }
        try self.init(message, pushes: pushes)
    }

    private init(
        _ message: Baton_V1_SyncRequest, pushes: [PushedBatch?]
    ) throws(WireFailure) {
        var parts: [Part] = []
        for (stream, push) in zip(message.streams, pushes) {
            parts.append(
                Part(
                    stream: stream.stream, push: push, after: stream.after,
                    limit: Int(stream.limit),
                    replica: stream.replica.isEmpty ? nil : try Names.replica(stream.replica)))
        }
        self.parts = parts
    }
}
