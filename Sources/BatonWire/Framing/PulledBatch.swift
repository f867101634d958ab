/// Answers put together around frames as they lie in the log, without decoding an event.
///
/// Protobuf lets the fields of a message stand in any order, so a message without its batches,
/// followed by the batches as raw fields, is the whole message.
public struct PulledBatch: Sendable {
    /// The batch without its events.
    public let header: Baton_V1_Batch
    /// The frames of its events, one after another.
    public let frames: [UInt8]

    /// Joins header and frames.
    public init(header: Baton_V1_Batch, frames: [UInt8]) {
        self.header = header
        self.frames = frames
    }

    /// The whole batch, decoded, for JSON.
    public func decoded() throws(WireFailure) -> Baton_V1_Batch {
        try Protobuf.decode(Baton_V1_Batch.self, from: encoded)
    }

    private var encoded: [UInt8] { Deterministic.bytes(of: header) + frames }

    /// The encoding of a pull answer with `batches` besides what `message` holds, and with the encoded
    /// `state` in its snapshot.
    public static func encode(
        _ message: Baton_V1_PullResponse, state: [UInt8]? = nil, batches: [PulledBatch]
    ) -> [UInt8] {
        var rest = message
        rest.clearSnapshot()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            (state?.count ?? 0) + batches.reduce(512) { $0 + $1.frames.count + 96 })
        if message.hasSnapshot {
            var snapshot = Deterministic.bytes(of: message.snapshot)
            if let state { ProtobufFields.append(1, state, to: &snapshot) }
            ProtobufFields.append(1, snapshot, to: &bytes)
        }
        bytes += Deterministic.bytes(of: rest)
        for batch in batches { ProtobufFields.append(2, batch.encoded, to: &bytes) }
        return bytes
    }

    /// The encoding of one stream's sync answer around an encoded pull answer.
    public static func encode(
        _ message: Baton_V1_StreamSyncResult, pulled: [UInt8]?
    ) -> [UInt8] {
        var bytes = Deterministic.bytes(of: message)
        if let pulled { ProtobufFields.append(3, pulled, to: &bytes) }
        return bytes
    }

    /// The encoding of a sync answer around the encoded answers of its streams.
    public static func encode(
        _ message: Baton_V1_SyncResponse, streams: [[UInt8]]
    ) -> [UInt8] {
        var bytes = Deterministic.bytes(of: message)
        for stream in streams { ProtobufFields.append(1, stream, to: &bytes) }
        return bytes
    }
}
