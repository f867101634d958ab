/// What an entity type looks like and how each part of it merges: data, the same in every language.
public struct Schema: Hashable, Sendable {
    /// The entity type: `cart`.
    public let type: String
    /// Grows with every change of the schema, from 1.
    public let version: Int
    /// What becomes of an anonymous stream's entities of this type when the stream is adopted.
    public let adoption: EntityAdoption
    /// The roles that see entities of this type, as far as no field says otherwise; empty: all.
    public let readers: [Role]
    /// Who may make the calls that a schema keeps to some, as far as they touch this type; of a call
    /// that is not named: all.
    public let callers: [GuardedCall: [Role]]
    /// The entity's fields.
    public let root: Record
    /// Whether a field says how much it holds at most: else no state is needed to judge a write.
    let hasBounds: Bool
    /// The roles from which something of it is hidden: the others need not be asked for each place.
    let restricted: [Role]

    /// Declares an entity type.
    public init(
        type: String, version: Int, adoption: EntityAdoption = .merge, readers: [Role] = [],
        callers: [GuardedCall: [Role]] = [:], fields: [Field]
    ) {
        self.type = type
        self.version = version
        self.adoption = adoption
        self.readers = readers
        self.callers = callers
        root = Record(fields)
        let rule = Rule.record(root)
        hasBounds = rule.hasBounds
        restricted = Role.allCases.filter { rule.hidesSome(from: $0, under: readers) }
    }

    /// What a path leads to: the rule there, and what the innermost field on the way to it that
    /// says so has to say.
    public struct Place: Hashable, Sendable {
        /// How the place merges.
        public let rule: Rule
        /// Who may write it, of those who see it; empty: all.
        public let writers: [Role]
        /// Who sees it; empty: all.
        public let readers: [Role]
        /// The adopt rule that is named on the way; see ``Rule/adoption(named:)``.
        public let adoption: Adoption?
        /// Whether it lies in an entry of a map.
        public internal(set) var isInEntry = false

        /// Whether `role` sees it.
        public func isReadable(by role: Role) -> Bool { readers.isOpen(to: role) }

        /// Whether `role` may write it: only who sees a place may say to have seen it.
        public func isWritable(by role: Role) -> Bool {
            writers.isOpen(to: role) && readers.isOpen(to: role)
        }

        func entry(_ below: Rule) -> Place {
            Place(
                rule: below, writers: writers, readers: readers, adoption: adoption, isInEntry: true
            )
        }

        func field(_ field: Field) -> Place {
            Place(
                rule: field.rule, writers: field.writers.isEmpty ? writers : field.writers,
                readers: field.readers.isEmpty ? readers : field.readers,
                adoption: field.adoption ?? adoption, isInEntry: isInEntry)
        }
    }

    /// The place that `path` names; `nil` where the schema declares none.
    public func place(at path: FieldPath) -> Place? {
        var place = Place(
            rule: .record(root), writers: [], readers: readers, adoption: nil)
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
    /// The roles from which something of some type is hidden.
    let restricted: [Role]

    /// The given schemas; of two for one type the later version stands.
    public init(_ schemas: [Schema]) {
        self.schemas = Dictionary(
            schemas.map { ($0.type, $0) },
            uniquingKeysWith: { $0.version >= $1.version ? $0 : $1 })
        let standing = self.schemas.values
        restricted = Role.allCases.filter { role in
            standing.contains { $0.restricted.contains(role) }
        }
    }

    /// The schema of an entity type. O(1).
    public subscript(type: String) -> Schema? { schemas[type] }

    /// All schemas by type, in ascending order.
    public var sorted: [Schema] { schemas.values.sorted { $0.type < $1.type } }
}
