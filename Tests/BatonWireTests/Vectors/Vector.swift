import BatonCore
import BatonWire
import SwiftProtobuf
import Testing

/// One case of `protocol/vectors/`.
struct Vector: CustomTestStringConvertible {
    /// Where a case says what it must not, or lacks what it must say.
    struct Unreadable: Error {
        let reason: String
    }

    let id: String
    let kind: String
    let section: String
    let content: Value

    var testDescription: String { id }

    /// All cases of all files; a file that cannot be read shows as one case of the kind `unreadable`.
    static let all: [Vector] = {
        do {
            return try ProtocolFiles.names(in: "vectors").flatMap { name in
                let file = try json(ProtocolFiles.bytes("vectors/\(name)"))
                return try list(file["cases"]).map { content in
                    Vector(
                        id: try text(content["id"]), kind: try text(content["kind"]),
                        section: try text(content["section"]), content: content)
                }
            }
        } catch {
            return [Vector(id: "\(error)", kind: "unreadable", section: "", content: .null)]
        }
    }()

    static func of(_ kind: String) -> [Vector] { all.filter { $0.kind == kind } }

    subscript(member: String) -> Value? { content[member] }

    /// The schemas in force: built-in ones by name, others as documents.
    var schemas: SchemaSet {
        get throws {
            SchemaSet(
                try Self.list(self["schemas"]).map { schema in
                    if let name = schema.string {
                        guard let builtin = BuiltinSchemas.all[name] else {
                            throw Unreadable(reason: "no built-in schema \(name)")
                        }
                        return builtin
                    }
                    return try Schema(json: Array(schema.canonicalJSON.utf8))
                })
        }
    }

    /// The entries of a batch in the JSON form of its message, with their offsets.
    static func entries(_ batch: Value) throws -> [(Offset, Entry)] {
        let message = try Protobuf.decodeJSON(
            Baton_V1_Batch.self, from: Array(batch.canonicalJSON.utf8))
        guard let replica = ReplicaID(message.replica) else {
            throw Unreadable(reason: "replica \(message.replica)")
        }
        return try message.events.enumerated().map { index, event in
            let dot = Dot(replica, Counter(rawValue: message.counter + UInt64(index)))
            let offset = message.offset == 0 ? 0 : message.offset + UInt64(index)
            return (Offset(rawValue: offset), try Entry(event, dot: dot))
        }
    }

    static func json(_ bytes: [UInt8]) throws -> Value {
        try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: bytes))
    }

    static func list(_ value: Value?) throws -> [Value] {
        guard case .list(let list)? = value else { throw Unreadable(reason: "no list") }
        return list
    }

    static func text(_ value: Value?) throws -> String {
        guard let text = value?.string else { throw Unreadable(reason: "no text") }
        return text
    }

    static func integer(_ value: Value?) throws -> Int64 {
        guard let number = value?.integer else { throw Unreadable(reason: "no number") }
        return number
    }
}
