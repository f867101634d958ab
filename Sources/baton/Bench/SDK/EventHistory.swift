import BatonCore
import BatonLog
import BatonWire

/// A history that fills a log.
protocol EventHistory: Sendable {
    /// The encoding of the event of that number, from 0.
    func event(_ number: Int) throws -> [UInt8]
}

extension EventHistory {
    /// The events of these numbers as frames of a batch.
    func frames(_ numbers: Range<Int>) throws -> [UInt8] {
        var frames: [UInt8] = []
        for number in numbers { EventFrames.append(try event(number), to: &frames) }
        return frames
    }
}

/// Orders of a shop's associate, one an event: each is an entity of its own, of two lines.
struct EntityHistory: EventHistory {
    func event(_ number: Int) throws -> [UInt8] {
        let order = try EntityID("order/o-\(number)")
        func write(_ path: [ExactText], _ action: Action) -> FieldOperation {
            FieldOperation(order, FieldPath(path), action)
        }
        var operations = [write(["status"], .move(from: "", to: "placed"))]
        for line in 0..<2 {
            let sku = ExactText("sku-\(10_482 + (number + line) % 500)")
            operations += [
                write(["lines", sku, "title"], .set("Linen shirt, blue, 42")),
                write(["lines", sku, "price"], .set(Money(1_999, "EUR").value)),
                write(["lines", sku, "quantity"], .set(.integer(Int64(line + 1)))),
            ]
        }
        return try HistoryEvent.encoded(number, operations)
    }
}

/// An event of the one device that writes a history.
enum HistoryEvent {
    /// The event of that number, from 0, which has seen all before it.
    static func encoded(_ number: Int, _ operations: [FieldOperation]) throws -> [UInt8] {
        let replica = ReplicaID(high: 0, low: 1)
        let counter = Counter(rawValue: UInt64(number + 1))
        return Event(
            dot: Dot(replica, counter),
            context: Context(
                replica: replica, own: Counter(rawValue: UInt64(number)), seen: .start),
            timestamp: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1_000),
            channel: try ChannelName("web"), operations: operations
        ).encoded
    }
}
