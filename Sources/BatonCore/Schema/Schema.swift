/// What an entity type looks like and how each part of it merges: data, the same in every language.
public struct Schema: Hashable, Sendable {
    /// The entity type: `cart`.
    public let type: String
    /// Grows with every change of the schema, from 1.
    public let version: Int
    /// What becomes of an anonymous stream's entities of this type when the stream is adopted.
    public let adoption: EntityAdoption
    /// The entity's fields.
    public let root: Record
    /// Whether a field says how much it holds at most: else no state is needed to judge a write.
    let hasBounds: Bool

    /// Declares an entity type.
    public init(
        type: String, version: Int, adoption: EntityAdoption = .merge, fields: [Field]
    ) {
        self.type = type
        self.version = version
        self.adoption = adoption
        root = Record(fields)
        hasBounds = Rule.record(root).hasBounds
    }

    /// What a path leads to: the rule there, and what the innermost field on the way to it that
    /// says so has to say.
    public struct Place: Hashable, Sendable {
        /// How the place merges.
        public let rule: Rule
        /// Who may write it; empty: all.
        public let writers: [Role]
        /// The adopt rule that is named on the way; see ``Rule/adoption(named:)``.
        public let adoption: Adoption?

        func entry(_ below: Rule) -> Place {
            Place(rule: below, writers: writers, adoption: adoption)
        }

        func field(_ field: Field) -> Place {
            Place(
                rule: field.rule, writers: field.writers.isEmpty ? writers : field.writers,
                adoption: field.adoption ?? adoption)
        }
    }

    /// The place that `path` names; `nil` where the schema declares none.
    public func place(at path: FieldPath) -> Place? {
        var place = Place(rule: .record(root), writers: [], adoption: nil)
        for component in path.components {
            switch place.rule {
            case .record(let record):
                guard let field = record[component] else { return nil }
                place = place.field(field)
            case .map(let below): place = place.entry(below)
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
