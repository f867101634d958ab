public import BatonCore

extension Entry {
    /// Reads what stands in a log under `dot` from its encoding: an event or a void record.
    ///
    /// Says the same as reading a ``Baton_V1_Event`` and making an entry of it; several times
    /// faster, since no message is built. A field that a message has once is refused where it comes
    /// twice, so that no two decoders can differ on it.
    public init(encoded bytes: [UInt8], dot: Dot) throws(WireFailure) {
        try self.init(encoded: bytes, in: 0..<bytes.count, dot: dot)
    }

    /// Reads an entry from a part of `bytes`.
    public init(
        encoded bytes: [UInt8], in range: Range<Int>, dot: Dot
    ) throws(WireFailure) {
        var reader = WireReader(bytes, range)
        var parts = EventParts()
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, WireReader.Tag.varint): parts.seen = try reader.varint()
            case (2, WireReader.Tag.varint): parts.own = try reader.varint()
            case (3, WireReader.Tag.length):
                try parts.beyond.enter(reader.message().vectorEntry())
            case (4, WireReader.Tag.varint):
                parts.time = Int64(bitPattern: try reader.varint())
            case (5, WireReader.Tag.varint):
                parts.tick = UInt32(truncatingIfNeeded: try reader.varint())
            case (6, WireReader.Tag.length): parts.channel = try reader.text()
            case (7, WireReader.Tag.length):
                parts.operations.append(try reader.message().operation())
            case (15, WireReader.Tag.length):
                // Rare, and small: the general decoder will do.
                let message = try Protobuf.decode(Baton_V1_Event.self, from: Array(bytes[range]))
                try self.init(message, dot: dot)
                return
            default: try reader.skip(tag)
            }
        }
        self = .event(try parts.event(dot: dot))
    }
}

/// An event's fields as they come.
private struct EventParts {
    var seen: UInt64 = 0
    var own: UInt64?
    var beyond: [ReplicaID: Counter] = [:]
    var time: Int64 = 0
    var tick: UInt32 = 0
    var channel = ""
    var operations: [FieldOperation] = []

    func event(dot: Dot) throws(WireFailure) -> Event {
        let context = try Context(seen: seen, own: own, beyond: beyond, dot: dot)
        let event = Event(
            dot: dot, context: context, timestamp: Timestamp(milliseconds: time, tick: tick),
            channel: try Names.channel(channel), operations: operations)
        if let malformation = event.malformation {
            throw WireFailure(.malformedEvent, malformation)
        }
        return event
    }
}

extension WireReader {
    fileprivate func vectorEntry() throws(WireFailure) -> Dot {
        var reader = self
        var replica = ""
        var counter: UInt64 = 0
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, Tag.length): replica = try reader.text()
            case (2, Tag.varint): counter = try reader.varint()
            default: try reader.skip(tag)
            }
        }
        return Dot(try Names.replica(replica), try Numbers.counter(counter))
    }

    fileprivate func operation() throws(WireFailure) -> FieldOperation {
        var reader = self
        var entity = ""
        var path: FieldPath? = FieldPath([])
        var misread: WireFailure?
        var action: Action?
        while let tag = try reader.next() {
            if (3...9).contains(tag.field), tag.type == Tag.length {
                guard action == nil else {
                    throw WireFailure(.malformedEvent, "an operation has one action, not several")
                }
                do {
                    action = try reader.message().action(tag.field)
                } catch {
                    throw error.at("\(entity)\(path?.pointer ?? "")")
                }
                continue
            }
            switch (tag.field, tag.type) {
            case (1, Tag.length): entity = try reader.text()
            case (2, Tag.length):
                let read = try reader.path()
                path = read.path
                misread = path == nil ? try reader.misread(path: read.text) : nil
            default: try reader.skip(tag)
            }
        }
        guard let action else {
            // An action of a newer version, or none at all: the general decoder tells.
            let message = try Protobuf.decode(
                Baton_V1_Operation.self, from: bytes(from: position))
            return try FieldOperation(message)
        }
        let id = try Names.entity(entity)
        guard let path else { throw misread ?? Names.notPointer("") }
        return FieldOperation(id, path, action)
    }

    private func action(_ field: Int) throws(WireFailure) -> Action {
        switch field {
        case 3: return .set(try value())
        case 4:
            var reader = self
            while let tag = try reader.next() { try reader.skip(tag) }
            return .clear
        case 5: return .add(try value())
        case 6: return .remove(try value())
        case 7: return try move()
        case 8: return .append(try value())
        default: return try keep()
        }
    }

    private func move() throws(WireFailure) -> Action {
        var reader = self
        var from = ""
        var to = ""
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, Tag.length): from = try reader.text()
            case (2, Tag.length): to = try reader.text()
            default: try reader.skip(tag)
            }
        }
        return .move(from: ExactText(from), to: ExactText(to))
    }

    private func keep() throws(WireFailure) -> Action {
        var reader = self
        var value: Value?
        var replica = ""
        var counter: UInt64 = 0
        var offset: UInt64 = 0
        var time: Int64 = 0
        var tick: UInt32 = 0
        var isBeside = false
        while let tag = try reader.next() {
            switch (tag.field, tag.type) {
            case (1, Tag.length): try Self.take(reader.message().value(), into: &value)
            case (2, Tag.length): replica = try reader.text()
            case (3, Tag.varint): counter = try reader.varint()
            case (4, Tag.varint): offset = try reader.varint()
            case (5, Tag.varint): time = Int64(bitPattern: try reader.varint())
            case (6, Tag.varint): tick = UInt32(truncatingIfNeeded: try reader.varint())
            case (7, Tag.varint): isBeside = try reader.varint() != 0
            default: try reader.skip(tag)
            }
        }
        return .keep(
            value ?? .null,
            Origin(
                dot: Dot(try Names.replica(replica), try Numbers.counter(counter)),
                offset: try Numbers.offset(offset),
                timestamp: Timestamp(milliseconds: time, tick: tick), isBeside: isBeside))
    }

    /// A `google.protobuf.Value`. Levels beyond those that a value may nest are refused at once.
    private func value(depth: Int = 0) throws(WireFailure) -> Value {
        guard depth <= ProtocolLimits.valueDepth + 1 else {
            throw WireFailure(
                .malformedEvent, "a value nests at most \(ProtocolLimits.valueDepth) deep")
        }
        var reader = self
        var value: Value?
        while let tag = try reader.next() {
            let read: Value
            switch (tag.field, tag.type) {
            case (1, Tag.varint):
                _ = try reader.varint()
                read = .null
            case (2, Tag.fixed64): read = try Value(wireNumber: try reader.double())
            case (3, Tag.length): read = .string(try reader.text())
            case (4, Tag.varint): read = .boolean(try reader.varint() != 0)
            case (5, Tag.length): read = try reader.message().object(depth: depth + 1)
            case (6, Tag.length): read = try reader.message().list(depth: depth + 1)
            default:
                try reader.skip(tag)
                continue
            }
            guard value == nil else {
                throw WireFailure(.malformedEvent, "a value has one kind, not several")
            }
            value = read
        }
        return value ?? .null
    }

    /// Takes a value that a message has once: of two, decoders would take one, or merge them.
    private static func take(_ read: Value, into value: inout Value?) throws(WireFailure) {
        guard value == nil else {
            throw WireFailure(.malformedEvent, "a value comes twice where one may be")
        }
        value = read
    }

    private func list(depth: Int) throws(WireFailure) -> Value {
        var reader = self
        var elements: [Value] = []
        while let tag = try reader.next() {
            if tag.field == 1, tag.type == Tag.length {
                elements.append(try reader.message().value(depth: depth))
            } else {
                try reader.skip(tag)
            }
        }
        return .list(elements)
    }

    private func object(depth: Int) throws(WireFailure) -> Value {
        var reader = self
        var members: [ExactText: Value] = [:]
        while let tag = try reader.next() {
            guard tag.field == 1, tag.type == Tag.length else {
                try reader.skip(tag)
                continue
            }
            var member = try reader.message()
            var key = ""
            var value: Value?
            while let tag = try member.next() {
                switch (tag.field, tag.type) {
                case (1, Tag.length): key = try member.text()
                case (2, Tag.length):
                    try Self.take(member.message().value(depth: depth), into: &value)
                // Key or value of another kind: the general decoder takes no such entry of a map either.
                case (1, _), (2, _): throw Self.malformed
                default: try member.skip(tag)
                }
            }
            members[ExactText(key)] = value ?? .null
        }
        return .object(members)
    }
}
