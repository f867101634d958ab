import BatonCore

/// What a schema keeps from some roles, as `baton schema check` tells it.
struct SchemaAuthority: Encodable {
    /// The type, and the field that names its readers.
    let place: String
    /// What is kept: `hidden`, or the call.
    let kept: String
    /// From whom.
    let from: [String]

    /// All that a schema keeps, its type first, then its fields in their order.
    static func of(_ schema: Schema) -> [SchemaAuthority] {
        var found: [SchemaAuthority] = []
        note(schema.readers, "hidden", at: schema.type, in: &found)
        for call in GuardedCall.allCases {
            note(schema.callers[call] ?? [], call.rawValue, at: schema.type, in: &found)
        }
        collect(schema.root, at: schema.type, in: &found)
        return found
    }

    private static func collect(
        _ record: Record, at place: String, in found: inout [SchemaAuthority]
    ) {
        for field in record.fields {
            let here = "\(place)/\(field.name)"
            note(field.readers, "hidden", at: here, in: &found)
            if case .record(let below) = field.rule { collect(below, at: here, in: &found) }
        }
    }

    private static func note(
        _ roles: [Role], _ kept: String, at place: String, in found: inout [SchemaAuthority]
    ) {
        guard !roles.isEmpty else { return }
        let others = Role.allCases.filter { !roles.contains($0) }.map(\.rawValue)
        found.append(SchemaAuthority(place: place, kept: kept, from: others))
    }

    /// One line for a person.
    var line: String {
        let names = from.isEmpty ? "nobody" : from.joined(separator: ", ")
        return kept == "hidden"
            ? "  \(place): hidden from \(names)" : "  \(place): \(kept) is kept from \(names)"
    }
}
