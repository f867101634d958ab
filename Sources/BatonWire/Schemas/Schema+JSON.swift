public import BatonCore
import SwiftProtobuf

extension Schema {
    /// Reads a schema from its JSON document in UTF-8, in the form that
    /// `protocol/schemas/schema.schema.json` describes, and checks it (specification section 2.5).
    ///
    /// Throws all that is wrong and where; a member that is not known is wrong, so that a misspelt one
    /// is not passed over in silence.
    public init(json: [UInt8]) throws(InvalidSchema) {
        let document: Value
        do {
            document = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: json))
        } catch {
            throw InvalidSchema("", "not a JSON document of whole numbers (\(error.message))")
        }
        try self.init(document: document)
    }

    /// Reads a schema from the value of its document, as ``init(json:)`` does.
    package init(document: Value) throws(InvalidSchema) {
        let place = JSONPlace(document, pointer: "")
        guard case .object = document else { throw place.failure("an object is expected") }
        var reader = SchemaReader()
        let schema = reader.schema(at: place)
        let problems = schema.problems.map {
            InvalidSchema.Finding(pointer: schema.pointer(to: $0.place), reason: $0.reason)
        }
        guard reader.findings.isEmpty && problems.isEmpty else {
            throw InvalidSchema(reader.findings + problems)
        }
        self = schema
    }

    /// The schema's JSON document in UTF-8: canonical, defaults written out.
    public var json: [UInt8] { document.canonicalBytes }
}

extension Schema {
    /// Where in the schema's document a place is declared: by positions instead of names. As far as
    /// the place is declared.
    package func pointer(to place: FieldPath) -> String {
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
