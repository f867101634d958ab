public import BatonCore
import SwiftProtobuf

/// Schemas as JSON documents, in the form that `protocol/schemas/schema.schema.json` describes.
public enum SchemaDocuments {
    /// Reads a document and checks the schema in it (specification section 2.5).
    ///
    /// Throws what is wrong and where; a member that is not known is wrong, so that a misspelt one
    /// is not passed over in silence.
    public static func schema(from json: [UInt8]) throws(InvalidSchema) -> Schema {
        let schema = try SchemaReader.schema(at: JSONPlace(value(from: json), pointer: ""))
        let problems = schema.problems
        guard problems.isEmpty else {
            throw InvalidSchema(
                problems.map { .init(pointer: schema.pointer(to: $0.place), reason: $0.reason) })
        }
        return schema
    }

    /// The document of one schema, in UTF-8: canonical JSON, defaults written out.
    public static func json(of schema: Schema) -> [UInt8] {
        Array(schema.document.canonicalJSON.utf8)
    }

    /// The documents of all schemas, by type, as `{"schemas": […]}` in UTF-8.
    public static func json(of schemas: SchemaSet) -> [UInt8] {
        let documents = schemas.sorted.map(\.document)
        return Array(Value.object(["schemas": .list(documents)]).canonicalJSON.utf8)
    }

    private static func value(from json: [UInt8]) throws(InvalidSchema) -> Value {
        do {
            return try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: json))
        } catch {
            throw InvalidSchema("", "not a JSON document of whole numbers (\(error.message))")
        }
    }
}

extension Schema {
    /// Where in the schema's document a place is declared: by positions instead of names.
    fileprivate func pointer(to place: FieldPath) -> String {
        var pointer = ""
        var rule = Rule.record(root)
        for part in place.components {
            switch rule {
            case .record(let record):
                guard let index = record.fields.firstIndex(where: { $0.name == part }) else {
                    return pointer
                }
                pointer += "/fields/\(index)"
                rule = record.fields[index].rule
            case .map(let below):
                pointer += "/entries"
                rule = below
            default: return pointer
            }
        }
        return pointer
    }
}
