/// What an entity type looks like and how each part of it merges: data, the same in every language.
public struct Schema: Hashable, Sendable {
    /// The entity type: `cart`.
    public let type: String
    /// Grows with every change of the schema, from 1.
    public let version: Int
    /// The entity's fields.
    public let root: Record

    /// Declares an entity type.
    public init(type: String, version: Int, fields: [Field]) {
        self.type = type
        self.version = version
        root = Record(fields)
    }

    /// What a path leads to: the rule there, and who may write it.
    struct Place {
        let rule: Rule
        let writers: [Role]
    }

    /// The place that `path` names; `nil` where the schema declares none.
    func place(at path: FieldPath) -> Place? {
        var place = Place(rule: .record(root), writers: [])
        for component in path.components {
            switch place.rule {
            case .record(let record):
                guard let field = record[component] else { return nil }
                place = Place(
                    rule: field.rule,
                    writers: field.writers.isEmpty ? place.writers : field.writers)
            case .map(let below): place = Place(rule: below, writers: place.writers)
            default: return nil
            }
        }
        return place
    }
}

/// The schemas in force, by entity type.
public struct SchemaSet: Hashable, Sendable {
    private let schemas: [String: Schema]

    /// The given schemas; of two for one type the later version stands.
    public init(_ schemas: [Schema]) {
        self.schemas = Dictionary(
            schemas.map { ($0.type, $0) },
            uniquingKeysWith: { $0.version >= $1.version ? $0 : $1 })
    }

    /// The schema of an entity type. O(1).
    public subscript(type: String) -> Schema? { schemas[type] }

    /// All schemas by type, in ascending order.
    public var sorted: [Schema] { schemas.values.sorted { $0.type < $1.type } }
}
