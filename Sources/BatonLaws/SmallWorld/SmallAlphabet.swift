internal import BatonCore

/// What the events of a small world may do, each said twice: as operations for the merge, and as
/// what it puts and takes by the definition of its rule (specification section 5).
struct SmallAlphabet {
    /// One thing that an event may do.
    struct Letter {
        /// Its name in a trace.
        let name: String
        /// What it does, for the event of its replica that has the given counter.
        let operations: (Int) -> [FieldOperation]
        /// What it leaves behind.
        let puts: (Int) -> [SmallThing]
        /// From which slots it takes what its writer had seen, one bit for each.
        let takes: (Int) -> UInt32
    }

    /// Where a leaf lies, and the slot of what lives there; a count has two, a set one an element.
    struct Place {
        let path: [ExactText]
        let slot: Int
    }

    let entity: EntityID
    let schemas: SchemaSet
    let places: [Place]
    /// All letters.
    let letters: [Letter]
    /// Under which rules the leaves are read, by their number among the places.
    let readings: [(rule: Rule, place: Int)]
    /// Whether events carry keeps.
    let keeps: Bool
}

/// One live write: what an operation left at a place.
struct SmallThing: Hashable {
    /// Which leaf it lies in, and as what.
    var slot: Int
    /// What it says: a number, or the first byte of a text; 0 where a register was cleared.
    var value: Int
    /// Of a keep: the event that wrote the value first, as its place in the history.
    var origin: Int?
}

extension SmallAlphabet {
    static func of(_ rule: SmallRule) throws(InvalidName) -> SmallAlphabet {
        switch rule {
        case .register: return try register()
        case .count: return try count()
        case .set: return try set()
        case .map: return try map()
        case .entry: return try entry()
        case .workflow: return try workflow()
        case .log: return try log()
        }
    }

    static let number = ValueType.integer(0...9)
    static let field: FieldPath = FieldPath(["f"])
    /// The entry, or the register, under one key of the map.
    static func under(_ key: ExactText) -> FieldPath { FieldPath(["f", key]) }

    /// One field of a rule, in one entity.
    static func world(
        _ rule: Rule, places: [Place], keeps: Bool = false, readings: [(Rule, Int)]? = nil,
        letters: (EntityID) -> [Letter]
    ) throws(InvalidName) -> SmallAlphabet {
        let entity = try EntityID(type: "world", id: "small")
        return SmallAlphabet(
            entity: entity,
            schemas: SchemaSet([Schema(type: "world", version: 1, fields: [Field("f", rule)])]),
            places: places, letters: letters(entity), readings: readings ?? [(rule, 0)],
            keeps: keeps)
    }

    /// A letter of one operation that leaves at most one thing.
    static func letter(
        _ name: String, _ entity: EntityID, _ path: FieldPath, _ action: @escaping (Int) -> Action,
        puts: @escaping (Int) -> SmallThing?, takes: UInt32
    ) -> Letter {
        Letter(
            name: name, operations: { [FieldOperation(entity, path, action($0))] },
            puts: { number in puts(number).map { [$0] } ?? [] }, takes: { _ in takes })
    }
}
