import BatonCore
import BatonWire
import Testing

/// The conformance vectors, held against this implementation; `tools/check-vectors` holds them
/// against another.
struct VectorTests {
    @Test func `Every case can be read, has an id of its own and a kind that is run`() throws {
        #expect(Vector.all.count >= 100)
        #expect(Set(Vector.all.map(\.id)).count == Vector.all.count)
        let kinds: Set = [
            "state", "clock", "covers", "order", "canonical", "value-order", "pointer", "instant",
            "name", "event-bytes", "check", "form",
        ]
        #expect(Set(Vector.all.map(\.kind)) == kinds)
    }

    @Test func `Every case names a section of the specification`() throws {
        let text = String(decoding: try ProtocolFiles.bytes("specification.md"), as: UTF8.self)
        for vector in Vector.all {
            #expect(text.contains("### \(vector.section) "), "\(vector.id)")
        }
    }

    @Test(arguments: Vector.of("state")) func `Events give their state`(vector: Vector) throws {
        let schemas = try vector.schemas
        var state = StreamState()
        for batch in try Vector.list(vector["batches"]) {
            for (offset, entry) in try Vector.entries(batch) {
                state.apply(entry, at: offset, schemas: schemas)
            }
        }
        let expected = try #require(vector["expect"])
        #expect(state.canonicalJSON == expected["canonical"]?.string)
        #expect(StateHash(of: state).description == expected["stateHash"]?.string)
        var values: [ExactText: Value] = [:]
        for entity in state.entities.keys {
            values[ExactText(entity.description)] = state.value(of: entity, schemas: schemas)
        }
        #expect(Value.object(values).canonicalJSON == expected["values"]?.canonicalJSON)
        let conflicts = Value.list(state.conflicts(schemas: schemas).map(\.inVector))
        #expect(conflicts.canonicalJSON == expected["conflicts"]?.canonicalJSON)
        // A snapshot of it goes on as it does.
        let message = Protobuf.encode(state.message)
        let again = try StreamState(
            Protobuf.decode(Baton_V1_State.self, from: message), offset: state.offset)
        #expect(again.canonicalJSON == state.canonicalJSON)
        #expect(again.conflicts(schemas: schemas) == state.conflicts(schemas: schemas))
    }

    @Test(arguments: Vector.of("check"))
    func `The schema check gives its verdict`(vector: Vector) throws {
        let operations = try Vector.list(vector["operations"]).map { operation in
            try FieldOperation(
                Protobuf.decodeJSON(
                    Baton_V1_Operation.self, from: Array(operation.canonicalJSON.utf8)))
        }
        let role = try #require(Role(rawValue: try Vector.text(vector["role"])))
        let refusal = try vector.schemas.refusal(of: operations, by: role)
        #expect(refusal?.code.rawValue == vector["code"]?.string, "\(refusal?.reason ?? "")")
    }

    @Test(arguments: Vector.of("form"))
    func `A batch is taken, or refused by its code`(vector: Vector) throws {
        let text = try Vector.text(vector["text"])
        do {
            let message = try Protobuf.decodeJSON(Baton_V1_Batch.self, from: Array(text.utf8))
            _ = try PushedBatch(message)
            #expect(vector["code"] == .null)
        } catch let failure as WireFailure {
            #expect(failure.code.rawValue == vector["code"]?.string, "\(failure)")
        }
    }

    @Test(arguments: Vector.of("event-bytes"))
    func `An event has its bytes`(vector: Vector) throws {
        let entries = try Vector.entries(#require(vector["batch"]))
        guard case .event(let event)? = entries.first?.1 else {
            Issue.record("no event")
            return
        }
        #expect(Hexadecimal.text(event.encoded) == vector["bytes"]?.string)
        #expect(try Event(encoded: event.encoded, dot: event.dot) == event)
    }
}

extension Conflict {
    fileprivate var inVector: Value {
        .object([
            "entity": .string(entity.description), "path": .string(path.pointer),
            "rule": .string(rule), "picked": picked.inVector,
            "overruled": .list(overruled.map(\.inVector)),
        ])
    }
}

extension Conflict.Side {
    fileprivate var inVector: Value {
        .object(["dot": .string(dot.description), "value": value ?? .null])
    }
}
