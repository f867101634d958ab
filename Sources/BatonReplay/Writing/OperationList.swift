import BatonCore

/// Operations on one entity, collected to become part of an event.
struct OperationList {
    let entity: EntityID
    private(set) var operations: [FieldOperation] = []

    init(_ type: String, _ id: String) throws(InvalidName) {
        entity = try EntityID(type: type, id: id)
    }

    mutating func act(_ action: Action, _ path: String...) {
        operations.append(FieldOperation(entity, FieldPath(path.map { ExactText($0) }), action))
    }
}
