import BatonCore
import BatonServer
import BatonWire

extension FuzzTarget {
    /// Schema documents, and the record of those in force.
    static let schemas: [FuzzTarget] = [
        FuzzTarget(
            "schema", "a schema document",
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
                return true
            }),
        FuzzTarget(
            "schema-record", "the record of schemas in force, beside the log",
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
