import BatonCore

/// Writes types, line by line.
struct TypeWriter {
    private var lines: [String] = []
    private var depth = 0
    private let access: String

    init(isPublic: Bool) { access = isPublic ? "public " : "" }

    /// All that was written.
    var text: String { lines.joined(separator: "\n") + "\n" }

    /// What stands at the head of the file.
    mutating func heading(of schemas: [Schema]) {
        line(
            "// Written by `baton schema swift`: do not edit it, write it anew. It is of the schemas"
        )
        for schema in schemas { line("//   \(schema.type), version \(schema.version)") }
        line()
        line("\(access)import BatonSync")
    }

    /// An entity type.
    mutating func entity(_ schema: Schema, named name: String) throws(NameCollision) {
        line()
        line(
            "/// An entity of the type `\(schema.type)`, as version \(schema.version) declares it.")
        begin("struct \(name): TypedEntity")
        if !access.isEmpty { line("/// The type's name in the schema.") }
        line("\(access)static let type = \(SwiftName.literal(schema.type))")
        try fields(of: schema.root, at: schema.type)
        end()
    }

    private mutating func fields(of record: Record, at place: String) throws(NameCollision) {
        line("/// Where it lies.")
        line("\(access)let place: FieldPlace")
        line()
        line("/// What lies at that place.")
        line("\(access)init(_ place: FieldPlace) { self.place = place }")
        line()
        var properties = NameTable(place: place)
        var types = NameTable(place: place)
        var needs: [(path: String, name: String, what: FieldForm.Need)] = []
        for field in record.fields {
            let name = field.name.string
            let property = SwiftName.property(name)
            try properties.take(property, for: name)
            let form = FieldForm(field.rule, named: SwiftName.nested(name))
            line("/// \(field.words)")
            line(
                "\(access)var \(property): \(form.type) { .init(place[\(SwiftName.literal(name))]) }"
            )
            if let need = form.need {
                try types.take(need.name, for: name)
                needs.append(("\(place)/\(name)", need.name, need.what))
            }
        }
        for need in needs {
            line()
            switch need.what {
            case .record(let record):
                line("/// The fields at `\(need.path)`.")
                begin("struct \(need.name): TypedPlace")
                try fields(of: record, at: need.path)
                end()
            case .values(let values):
                line("/// The values at `\(need.path)`.")
                try cases(values, of: need.name, at: need.path)
            case .states(let states):
                line("/// The states at `\(need.path)`; the last one prevails over all others.")
                try cases(states, of: need.name, at: need.path)
            }
        }
    }

    private mutating func cases(
        _ values: [ExactText], of name: String, at place: String
    ) throws(NameCollision) {
        begin("enum \(name): String, FieldContent, CaseIterable")
        var names = NameTable(place: place)
        for value in values {
            let text = value.string
            let name = SwiftName.enumCase(text)
            try names.take(name, for: text)
            let isSame = name == text || name == "`\(text)`"
            line("/// \(SwiftName.literal(text)).")
            line("case \(name)" + (isSame ? "" : " = \(SwiftName.literal(text))"))
        }
        end()
    }

    private mutating func begin(_ head: String) {
        line("\(access)\(head) {")
        depth += 1
    }

    private mutating func end() {
        depth -= 1
        line("}")
    }

    private mutating func line(_ text: String = "") {
        lines.append(text.isEmpty ? "" : String(repeating: "    ", count: depth) + text)
    }
}
