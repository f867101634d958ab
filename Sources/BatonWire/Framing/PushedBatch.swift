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
        var reader = WireReader(bytes, 0..<bytes.count)
        var batch: Range<Int>?
        while let tag = try reader.next() {
            guard tag.field == 1, tag.type == WireReader.Tag.length else {
                try reader.skip(tag)
                continue
            }
            guard batch == nil else {
                throw WireFailure(.malformedEvent, "a push has one batch, not several")
            }
            batch = try reader.content()
        }
        guard let batch else { throw WireFailure(.malformedEvent, "a push has a batch") }
        try self.init(encoded: bytes, in: batch)
    }

    /// Reads a batch from its message, as JSON gives it; each event is encoded anew.
    public init(_ message: Baton_V1_Batch) throws(WireFailure) {
        var bytes: [UInt8] = []
        var events: [Range<Int>] = []
        for event in message.events {
            let start = bytes.count
            bytes += Deterministic.bytes(of: event)
            events.append(start..<bytes.count)
        }
        try self.init(
            replica: message.replica, counter: message.counter, events: events,
            count: events.count, of: bytes)
    }

    /// Reads a batch from a part of `bytes`.
    init(encoded bytes: [UInt8], in range: Range<Int>) throws(WireFailure) {
        var reader = WireReader(bytes, range)
        var replica = ""
        var counter: UInt64 = 0
        var events: [Range<Int>] = []
        var count = 0
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, WireReader.Tag.length): replica = try reader.text()
            case (2, WireReader.Tag.varint): counter = try reader.varint()
            case (4, WireReader.Tag.length):
                let event = try reader.content()
                count += 1
                // Too many are counted, and no more than that.
                if count <= ProtocolLimits.eventsPerPush { events.append(event) }
            default: try reader.skip(tag)
            }
        }
        try self.init(
            replica: replica, counter: counter, events: events, count: count, of: bytes)
    }

    private init(
        replica name: String, counter: UInt64, events ranges: [Range<Int>], count: Int,
        of bytes: [UInt8]
    ) throws(WireFailure) {
        replica = try Names.replica(name)
        firstCounter = try Numbers.counter(counter)
        guard !ranges.isEmpty else {
            throw WireFailure(.malformedEvent, "a batch has at least one event")
        }
        guard count <= ProtocolLimits.eventsPerPush else {
            throw WireFailure(
                .malformedEvent,
                "\(count) events; a push has at most "
                    + "\(ProtocolLimits.eventsPerPush): push the rest after these")
        }
        _ = try Numbers.counter(counter + UInt64(ranges.count) - 1)
        encodings = ranges.map { bytes[$0] }
        var events: [Event] = []
        events.reserveCapacity(ranges.count)
        for (index, range) in ranges.enumerated() {
            let counter = Counter(rawValue: counter + UInt64(index))
            guard range.count <= ProtocolLimits.eventBytes else {
                throw WireFailure(
                    .malformedEvent,
                    "event \(counter) has \(range.count) bytes; at most "
                        + "\(ProtocolLimits.eventBytes) are allowed: split it")
            }
            do throws(WireFailure) {
                let entry = try Entry(encoded: bytes, in: range, dot: Dot(replica, counter))
                guard case .event(let event) = entry else {
                    throw WireFailure(.malformedEvent, "only a server writes void")
                }
                events.append(event)
            } catch {
                throw error.at("event \(counter)")
            }
        }
        self.events = events
    }
}
