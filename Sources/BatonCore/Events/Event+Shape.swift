extension Event {
    /// What is wrong with the event's form, whatever the schema; `nil` if nothing is.
    ///
    /// A malformed event is not refused under its dot but answered as a bad request (L7).
    public var malformation: String? {
        if operations.isEmpty { return "an event has at least one operation" }
        if operations.count > ProtocolLimits.operationsPerEvent {
            return "\(operations.count) operations; an event has at most "
                + "\(ProtocolLimits.operationsPerEvent)"
        }
        if !Self.times.contains(timestamp.milliseconds) {
            return "time is in milliseconds since 1970, greater than 0 and before the year 10000"
        }
        if context.beyond.counters.count > ProtocolLimits.contextEntries {
            return
                "a context names at most \(ProtocolLimits.contextEntries) replicas beyond the log"
        }
        for operation in operations {
            if let malformation = operation.malformation ?? malformation(ofKeepIn: operation) {
                return "\(operation.entity)\(operation.path): \(malformation)"
            }
        }
        return nil
    }

    /// Milliseconds since 1970 that have a text: up to the end of the year 9999.
    private static let times: ClosedRange<Int64> = 1...253_402_300_799_999

    private func malformation(ofKeepIn operation: FieldOperation) -> String? {
        guard case .keep(_, let origin) = operation.action else { return nil }
        guard origin.dot.counter > .none, Self.times.contains(origin.timestamp.milliseconds) else {
            return "a keep names the dot and the time of the write that it keeps"
        }
        guard origin.dot.replica != dot.replica || origin.dot.counter < dot.counter else {
            return "a keep names an earlier write, not \(origin.dot)"
        }
        return nil
    }
}

extension FieldOperation {
    /// What is wrong with the operation's form, whatever the schema; `nil` if nothing is.
    public var malformation: String? {
        if path.components.count > ProtocolLimits.pathDepth {
            return "a path has at most \(ProtocolLimits.pathDepth) parts"
        }
        if path.components.contains(where: {
            $0.byteCount == 0 || $0.byteCount > ProtocolLimits.keyBytes
        }) {
            return "each part of a path has 1 to \(ProtocolLimits.keyBytes) bytes"
        }
        switch action {
        case .set(let value), .add(let value), .remove(let value), .append(let value),
            .keep(let value, _):
            return value.malformation
        case .move(let from, let to):
            return max(from.byteCount, to.byteCount) <= ProtocolLimits.keyBytes
                ? nil : "a state has at most \(ProtocolLimits.keyBytes) bytes"
        case .clear, .unknown: return nil
        }
    }
}

extension Value {
    fileprivate var malformation: String? {
        if depth > ProtocolLimits.valueDepth {
            return "a value nests at most \(ProtocolLimits.valueDepth) deep"
        }
        return unfitPart
    }

    private var unfitPart: String? {
        switch self {
        case .null: return "null is no value; use clear, or leave it out"
        case .text(let text) where text.byteCount > ProtocolLimits.textBytes:
            return "a text has at most \(ProtocolLimits.textBytes) bytes"
        case .integer(let number) where number.magnitude > largestExactInteger:
            return "a number lies within ±\(largestExactInteger)"
        case .list(let elements): return elements.lazy.compactMap(\.unfitPart).first
        case .object(let members):
            // Strings, not exact texts: many libraries hold those that look alike to be one.
            guard Set(members.keys.map(\.string)).count == members.count else {
                return "the keys of an object differ by more than how their letters are composed"
            }
            return members.values.lazy.compactMap(\.unfitPart).first
        default: return nil
        }
    }
}
