extension StreamState {
    /// Folds the kept operations that `schemas` know by now, in the order of the log (specification
    /// section 4.5); those that they do not know either stay kept. Returns whether any were folded.
    ///
    /// For a state that was stored under older schemas. O(kept operations × live size of their places).
    @discardableResult
    public mutating func interpretUnknown(schemas: SchemaSet) -> Bool {
        var hasChanged = false
        for (id, entity) in entities where !entity.unknown.isEmpty {
            guard let schema = schemas[id.type] else { continue }
            var entity = entity
            guard entity.interpretUnknown(schema: schema) else { continue }
            hasChanged = true
            replace(id, with: entity)
        }
        return hasChanged
    }
}

extension EntityState {
    /// The same for one entity.
    fileprivate mutating func interpretUnknown(schema: Schema) -> Bool {
        // Pending ones have no place yet, and come after all that have one.
        let kept = unknown.enumerated().sorted { left, right in
            let (first, second) = (left.element.stamp, right.element.stamp)
            if first.offset != second.offset {
                return second.offset == .start
                    || first.offset != .start
                        && first.offset < second.offset
            }
            return left.offset < right.offset
        }
        var interpreted = EntityState(root: root)
        for item in kept {
            interpreted.apply(item.element.operation, schema: schema, by: item.element.stamp)
        }
        guard interpreted.unknown.count < unknown.count else { return false }
        self = interpreted
        return true
    }
}
