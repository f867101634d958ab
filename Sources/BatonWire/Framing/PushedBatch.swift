public import BatonCore

/// A batch as it was pushed: its events read and checked, and their bytes kept as they came.
public struct PushedBatch: Sendable {
    /// The replica that wrote the events.
    public let replica: ReplicaID
    /// The counter of the first event.
    public let firstCounter: Counter
    /// The events, in order.
    public let events: [Event]
    /// The encoding of each event, as it came.
    public let encodings: [ArraySlice<UInt8>]

    /// Reads the batch of an encoded ``Baton_V1_PushRequest``.
    public init(pushRequest bytes: [UInt8]) throws(WireFailure) {
        let message = try Protobuf.decode(Baton_V1_PushRequest.self, from: bytes)
        guard message.hasBatch else {
            throw WireFailure(.malformedEvent, "a push has a batch")
        }
        try self.init(
            message.batch,
            encodings: Self.encodings(in: bytes, range: 0..<bytes.count, path: [1]))
    }

    /// Reads a batch from its message alone, as JSON gives it; each event is encoded anew.
    public init(_ message: Baton_V1_Batch) throws(WireFailure) {
        try self.init(
            message, encodings: message.events.map { Deterministic.bytes(of: $0)[...] })
    }

    /// Reads the push of each stream of an encoded ``Baton_V1_SyncRequest``, in order.
    static func batches(
        syncRequest bytes: [UInt8], message: Baton_V1_SyncRequest
    ) throws(WireFailure) -> [PushedBatch?] {
        let fields = ProtobufFields.scan(bytes, in: 0..<bytes.count) ?? []
        let streams = fields.filter { $0.number == 1 }
        guard streams.count == message.streams.count else {
            throw WireFailure(.malformedProtobuf, "the streams of the sync cannot be told apart")
        }
        var batches: [PushedBatch?] = []
        for (field, stream) in zip(streams, message.streams) {
            guard stream.hasPush else {
                batches.append(nil)
                continue
            }
            batches.append(
                try PushedBatch(
                    stream.push, encodings: encodings(in: bytes, range: field.content, path: [2])))
        }
        return batches
    }

    private init(
        _ message: Baton_V1_Batch, encodings: [ArraySlice<UInt8>]
    ) throws(WireFailure) {
        guard encodings.count == message.events.count else {
            throw WireFailure(.malformedProtobuf, "the events of the batch cannot be told apart")
        }
        replica = try Names.replica(message.replica)
        firstCounter = try Numbers.counter(message.counter)
        guard !message.events.isEmpty else {
            throw WireFailure(.malformedEvent, "a batch has at least one event")
        }
        guard message.events.count <= ProtocolLimits.eventsPerPush else {
            throw WireFailure(
                .malformedEvent,
                "\(message.events.count) events; a push has at most "
                    + "\(ProtocolLimits.eventsPerPush): push the rest after these")
        }
        _ = try Numbers.counter(firstCounter.rawValue + UInt64(message.events.count))
        self.encodings = encodings
        var events: [Event] = []
        events.reserveCapacity(message.events.count)
        for (index, event) in message.events.enumerated() {
            let counter = Counter(rawValue: firstCounter.rawValue + UInt64(index))
            guard encodings[index].count <= ProtocolLimits.eventBytes else {
                throw WireFailure(
                    .malformedEvent,
                    "event \(counter) has \(encodings[index].count) bytes; at most "
                        + "\(ProtocolLimits.eventBytes) are allowed: split it")
            }
            guard !event.hasVoid else {
                throw WireFailure(.malformedEvent, "event \(counter): only a server writes void")
            }
            do {
                events.append(try Event(event, dot: Dot(replica, counter)))
            } catch {
                throw error.at("event \(counter)")
            }
        }
        self.events = events
    }

    /// The encoded events of the batch that `path` leads to.
    private static func encodings(
        in bytes: [UInt8], range: Range<Int>, path: [Int]
    ) -> [ArraySlice<UInt8>] {
        guard let fields = ProtobufFields.scan(bytes, in: range) else { return [] }
        guard let step = path.first else {
            return fields.filter { $0.number == 4 }.map { bytes[$0.content] }
        }
        let inner = fields.filter { $0.number == step }
        // A message given twice is merged by protobuf's rules; the events then follow each other.
        return inner.flatMap {
            encodings(in: bytes, range: $0.content, path: Array(path.dropFirst()))
        }
    }
}
