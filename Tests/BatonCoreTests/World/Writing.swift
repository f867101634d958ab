import BatonCore
import Testing

/// An operation, by the text forms of entity and path.
func change(_ entity: String, _ path: String, _ action: Action) throws -> FieldOperation {
    try FieldOperation(EntityID(entity), #require(FieldPath(pointer: path)), action)
}

extension Action {
    static func set(_ text: String) -> Action { .set(.string(text)) }
    static func set(_ number: Int64) -> Action { .set(.integer(number)) }
    static func add(_ text: String) -> Action { .add(.string(text)) }
    static func add(_ number: Int64) -> Action { .add(.integer(number)) }
    static func remove(_ text: String) -> Action { .remove(.string(text)) }
}

extension StreamState {
    /// The entity's value as canonical JSON; empty where nothing lives.
    func json(of entity: String, _ schemas: SchemaSet) throws -> String {
        try value(of: EntityID(entity), schemas: schemas)?.canonicalJSON ?? ""
    }
}
