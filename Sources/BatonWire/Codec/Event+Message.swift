public import BatonCore
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Event {
    /// Reads an event whose dot its batch tells, and checks its form.
    public init(_ message: Baton_V1_Event, dot: Dot) throws(WireFailure) {
        var operations: [FieldOperation] = []
        operations.reserveCapacity(message.operations.count)
        for operation in message.operations { operations.append(try FieldOperation(operation)) }
        self.init(
            dot: dot, context: try Context(message, dot: dot),
            timestamp: Timestamp(milliseconds: message.time, tick: message.tick),
            channel: try Names.channel(message.channel), operations: operations)
        if let malformation {
            throw WireFailure(.malformedEvent, malformation)
        }
    }

    /// The event's message.
    public var message: Baton_V1_Event {
        var message = Baton_V1_Event()
        message.seen = context.seen.rawValue
        if context.own.next != dot.counter { message.own = context.own.rawValue }
        message.beyond = context.beyond.sorted.map { entry in
            .with {
                $0.replica = entry.replica.description
                $0.counter = entry.counter.rawValue
            }
        }
        message.time = timestamp.milliseconds
        message.tick = timestamp.tick
        message.channel = channel.description
        message.operations = operations.map(\.message)
        return message
    }

    /// The event's protobuf encoding, the same each time: what is stored, pushed and hashed.
    public var encoded: [UInt8] { Deterministic.bytes(of: message) }

    /// Reads an event from its protobuf encoding.
    public init(encoded: [UInt8], dot: Dot) throws(WireFailure) {
        guard case .event(let event) = try Entry(encoded: encoded, dot: dot) else {
            throw WireFailure(.malformedEvent, "a void record is no event")
        }
        self = event
    }
}

extension Context {
    fileprivate init(_ message: Baton_V1_Event, dot: Dot) throws(WireFailure) {
        var beyond: [ReplicaID: Counter] = [:]
        for entry in message.beyond {
            try beyond.enter(
                Dot(Names.replica(entry.replica), Numbers.counter(entry.counter)))
        }
        try self.init(
            seen: message.seen, own: message.hasOwn ? message.own : nil, beyond: beyond, dot: dot)
    }

    /// The context of the event at `dot`; `own` is all of its replica's earlier events by default.
    init(
        seen: UInt64, own: UInt64?, beyond: [ReplicaID: Counter], dot: Dot
    ) throws(WireFailure) {
        let earlier = dot.counter.rawValue - 1
        let own = own ?? earlier
        guard own <= earlier else {
            throw WireFailure(
                .malformedEvent, "own \(own): an event's own context ends before its counter")
        }
        self.init(
            replica: dot.replica, own: Counter(rawValue: own), seen: try Numbers.offset(seen),
            beyond: VersionVector(beyond))
    }
}

extension Entry {
    /// Reads what stands in a log under `dot`: an event or a void record.
    public init(_ message: Baton_V1_Event, dot: Dot) throws(WireFailure) {
        guard message.hasVoid else {
            self = .event(try Event(message, dot: dot))
            return
        }
        // A code of a newer server is as final as those known here.
        let code = RefusalCode(rawValue: message.void.code) ?? .schemaViolation
        self = .void(dot, Refusal(code, message.void.reason))
    }

    /// The encoding of a void record, as it stands in the log in place of the refused event.
    public static func encodedVoid(_ refusal: Refusal, digest: [UInt8]) -> [UInt8] {
        var message = Baton_V1_Event()
        message.void = .with {
            $0.code = refusal.code.rawValue
            $0.reason = refusal.reason
            $0.digest = Data(digest)
        }
        return Deterministic.bytes(of: message)
    }
}
