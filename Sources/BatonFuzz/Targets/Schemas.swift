import BatonCore
import BatonServer
import BatonWire

extension FuzzTarget {
    private static let schemaWords = [
        "register", "count", "set", "map", "record", "workflow", "log", "fields", "entries", "rule",
        "pick", "strictest", "order", "base", "floor", "least", "greatest", "longest", "currencies",
        "enumeration", "values", "reference", "media", "precedence", "moves", "from", "to", "roles",
        "writers", "adopt", "most", "redact", "except", "report", "compare", "money", "instant",
    ]

    /// Schema documents, and the record of those in force.
    static let schemas: [FuzzTarget] = [
        FuzzTarget(
            "schema", "a schema document", words: jsonWords + schemaWords,
            seeds: { BuiltinSchemas.all.sorted.map(\.json) },
            check: { bytes in
                let schema = try Schema(json: bytes)
                let again: Schema
                do {
                    again = try Schema(json: schema.json)
                } catch {
                    throw BrokenPromise("a schema's own document is refused: \(error)")
                }
                try promise(again == schema, "a schema's own document says another schema")
                try promise(
                    schema.changes(since: schema).isEmpty, "a schema differs from itself")
                let known = BuiltinSchemas.all.sorted
                for other in known where other.type == schema.type {
                    _ = schema.changes(since: other)
                    _ = other.changes(since: schema)
                }
                // What it makes of events that were written under another one.
                let schemas = SchemaSet([schema])
                var state = StreamState()
                for event in try Samples.pushed() {
                    _ = schemas.refusal(of: event.operations, by: .customer)
                    state.apply(.event(event), at: state.offset.next, schemas: schemas)
                }
                for id in state.entities.keys { _ = state.value(of: id, schemas: schemas) }
                return true
            }),
        FuzzTarget(
            "schema-record", "the record of schemas in force, beside the log",
            words: jsonWords + schemaWords,
            seeds: {
                [
                    Array(#"{"format":1,"shared":[],"tenants":{}}"#.utf8),
                    SchemaDecision(record: SchemaRecord(), builtins: BuiltinSchemas.all).record
                        .json,
                ]
            },
            check: { bytes in
                let record = try SchemaRecord(json: bytes)
                let again: SchemaRecord
                do {
                    again = try SchemaRecord(json: record.json)
                } catch {
                    throw BrokenPromise("a record's own form is refused: \(error)")
                }
                try promise(again == record, "a record is not what it was written as")
                let decision = SchemaDecision(record: record, builtins: BuiltinSchemas.all)
                _ = decision.inForce
                return true
            }),
    ]
}
