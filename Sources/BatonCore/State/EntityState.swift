/// The live state of one entity.
public struct EntityState: Hashable, Sendable {
    /// An operation that the schemas in force cannot interpret, kept for a newer version.
    public struct Unknown: Hashable, Sendable {
        /// The event that carried it.
        public let stamp: Stamp
        /// The operation.
        public let operation: FieldOperation

        /// Joins the parts.
        public init(stamp: Stamp, operation: FieldOperation) {
            self.stamp = stamp
            self.operation = operation
        }
    }

    /// The fields, by the schema's shape.
    public private(set) var root: Node
    /// What could not be interpreted, in the order of dots and of operations in an event.
    public private(set) var unknown: [Unknown]

    /// Holds a state as it was stored; nothing by default.
    public init(root: Node = .branch([:]), unknown: [Unknown] = []) {
        self.root = root
        self.unknown = unknown
    }

    /// Whether nothing lives here: such an entity is as if it had never been.
    public var isEmpty: Bool { root.isEmpty && unknown.isEmpty }

    /// Carries out operations in their order, and tells whether nothing lives here afterwards.
    mutating func apply(
        _ operations: ArraySlice<FieldOperation>, schema: Schema?, by stamp: Stamp
    ) -> Bool {
        for operation in operations { apply(operation, schema: schema, by: stamp) }
        return isEmpty
    }

    mutating func apply(_ operation: FieldOperation, schema: Schema?, by stamp: Stamp) {
        if let schema,
            root.apply(
                operation.action, at: operation.path.components[...], rule: .record(schema.root),
                by: stamp)
        {
            if !unknown.isEmpty { removeUnknown(below: operation, schema: schema, by: stamp) }
            return
        }
        let index = unknown.placeFromEnd { stamp.dot < $0.stamp.dot }
        unknown.insert(Unknown(stamp: stamp, operation: operation), at: index)
    }

    /// What lived in a removed map entry goes with it, also where it could not be interpreted:
    /// else a later schema that knows the field would bring the entry back.
    private mutating func removeUnknown(
        below operation: FieldOperation, schema: Schema, by stamp: Stamp
    ) {
        let removed: FieldPath
        switch operation.action {
        case .remove(.text(let key)): removed = operation.path.appending(key)
        case .clear: removed = operation.path
        default: return
        }
        guard case .map? = schema.place(at: operation.path)?.rule else { return }
        // What was said of the map itself belongs to no entry, and stays.
        unknown.removeEach {
            stamp.covers($0.stamp) && removed.isPrefix(of: $0.operation.path)
                && $0.operation.path != operation.path
        }
    }
}
