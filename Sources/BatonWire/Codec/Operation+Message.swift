public import BatonCore
import SwiftProtobuf

extension FieldOperation {
    /// Reads an operation; `entity` stands in where the message names none.
    public init(
        _ message: Baton_V1_Operation, entity: EntityID? = nil
    ) throws(WireFailure) {
        let named: EntityID
        if message.entity.isEmpty, let entity {
            named = entity
        } else {
            named = try Names.entity(message.entity)
        }
        let path = try Names.path(message.path)
        do {
            self.init(named, path, try Action(message))
        } catch {
            throw error.at("\(named)\(path)")
        }
    }

    /// The operation's message.
    public var message: Baton_V1_Operation {
        var message = Baton_V1_Operation()
        message.entity = entity.description
        message.path = path.pointer
        switch action {
        case .set(let value): message.set = value.message
        case .clear: message.clear = Baton_V1_Clear()
        case .add(let value): message.add = value.message
        case .remove(let value): message.remove = value.message
        case .move(let from, let to):
            message.move = .with {
                $0.from = from.string
                $0.to = to.string
            }
        case .append(let value): message.append = value.message
        case .keep(let value, let origin):
            message.keep = .with {
                $0.value = value.message
                $0.replica = origin.dot.replica.description
                $0.counter = origin.dot.counter.rawValue
                $0.offset = origin.offset.rawValue
                $0.time = origin.timestamp.milliseconds
                $0.tick = origin.timestamp.tick
                $0.beside = origin.isBeside
            }
        case .unknown(let bytes):
            // Bytes that were read as this message once read so again.
            if let known = try? Baton_V1_Operation(serializedBytes: bytes) { message = known }
        }
        return message
    }
}

extension Action {
    fileprivate init(_ message: Baton_V1_Operation) throws(WireFailure) {
        switch message.action {
        case .set(let value): self = .set(try Value(value))
        case .clear: self = .clear
        case .add(let value): self = .add(try Value(value))
        case .remove(let value): self = .remove(try Value(value))
        case .move(let move): self = .move(from: ExactText(move.from), to: ExactText(move.to))
        case .append(let value): self = .append(try Value(value))
        case .keep(let keep):
            let dot = Dot(
                try Names.replica(keep.replica), try Numbers.counter(keep.counter))
            let origin = Origin(
                dot: dot, offset: try Numbers.offset(keep.offset),
                timestamp: Timestamp(milliseconds: keep.time, tick: keep.tick),
                isBeside: keep.beside)
            self = .keep(try Value(keep.value), origin)
        case nil:
            guard !message.unknownFields.data.isEmpty else {
                throw WireFailure(
                    .malformedEvent,
                    "an operation has one of set, clear, add, remove, move, append and keep")
            }
            self = .unknown(Deterministic.bytes(of: message))
        }
    }
}

/// Encodes a message the same way each time.
enum Deterministic {
    static func bytes(of message: some SwiftProtobuf.Message) -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try message.serializedBytes(options: options)
        } catch {
            // Encoding fails only for missing required fields, which proto3 does not have, and
            // beyond 2 GiB, which no limit of ours lets a message reach.
            preconditionFailure("\(type(of: message)) cannot be encoded: \(error)")
        }
    }
}
