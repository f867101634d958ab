package import BatonCore

/// Names and numbers of messages, checked.
enum Names {
    static func replica(_ text: String) throws(WireFailure) -> ReplicaID {
        guard let replica = ReplicaID(text) else {
            throw WireFailure(
                .invalidName,
                "\"\(text.prefix(64))\" is not a replica id: use 32 lowercase hexadecimal digits, "
                    + "not all zero, drawn at random")
        }
        return replica
    }

    static func entity(_ text: String) throws(WireFailure) -> EntityID {
        do {
            return try EntityID(text)
        } catch {
            throw WireFailure(.invalidName, "\"\(text.prefix(200))\" is \(error)")
        }
    }

    static func path(_ pointer: String) throws(WireFailure) -> FieldPath {
        guard let path = FieldPath(pointer: pointer) else { throw notPointer(pointer) }
        return path
    }

    static func notPointer(_ text: String) -> WireFailure {
        WireFailure(
            .malformedEvent,
            "\"\(text.prefix(200))\" is not a JSON Pointer (RFC 6901), such as "
                + "/lines/sku-1/quantity")
    }

    static func stream(_ text: String) throws(WireFailure) -> StreamID {
        do {
            return try StreamID(text)
        } catch {
            throw WireFailure(.invalidName, "\"\(text.prefix(150))\" is \(error)")
        }
    }

    static func channel(_ text: String) throws(WireFailure) -> ChannelName {
        do {
            return try ChannelName(text)
        } catch {
            throw WireFailure(.invalidName, "\"\(text.prefix(64))\" is \(error)")
        }
    }
}

enum Numbers {
    static func counter(_ number: UInt64) throws(WireFailure) -> Counter {
        guard number > 0, number <= largestExactInteger else {
            throw WireFailure(
                .malformedEvent, "counter \(number): counters run from 1 to \(largestExactInteger)")
        }
        return Counter(rawValue: number)
    }

    static func offset(_ number: UInt64) throws(WireFailure) -> Offset {
        guard number <= largestExactInteger else {
            throw WireFailure(
                .malformedEvent, "offset \(number): offsets run up to \(largestExactInteger)")
        }
        return Offset(rawValue: number)
    }
}

extension Offset {
    /// The offset that a message says; refused where no log has such a one.
    package init(wire number: UInt64) throws(WireFailure) { self = try Numbers.offset(number) }
}

extension Baton_V1_Batch {
    /// Where the events of a pulled batch stand, those among them that are left out: their writer, the
    /// first one's counter and offset, and how many there are.
    package func place() throws(WireFailure) -> (first: Dot, offset: Offset, count: Int) {
        let count = omitted > 0 ? Int(omitted) : events.count
        let first = Dot(try Names.replica(replica), try Numbers.counter(counter))
        let start = try Numbers.offset(offset)
        guard start > .start else {
            throw WireFailure(.malformedEvent, "a pulled batch has the offset of its first event")
        }
        _ = try Numbers.counter(counter + UInt64(count))
        _ = try Numbers.offset(offset + UInt64(count))
        return (first, start, count)
    }
}

extension [ReplicaID: Counter] {
    /// Takes in the next entry of a vector that comes as a list. Of a replica that comes twice no two
    /// readers need take the same counter, so it is refused.
    mutating func enter(_ entry: Dot) throws(WireFailure) {
        guard updateValue(entry.counter, forKey: entry.replica) == nil else {
            throw WireFailure(
                .malformedEvent, "replica \(entry.replica) comes twice in one vector: name it once")
        }
    }
}
