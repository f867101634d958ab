extension StreamState {
    /// The state once `schemas` are in force: what was kept because no schema knew it is folded under
    /// them, in the order of the log (specification section 13.3).
    ///
    /// The same bytes as if the schemas had been there from the start, as long as they only add to
    /// those before. O(kept operations × live size of their places); nothing where none is known now.
    public func refolded(schemas: SchemaSet) -> StreamState {
        var refolded: [EntityID: EntityState] = [:]
        for (id, entity) in entities {
            guard let schema = schemas[id.type], let state = entity.refolded(schema: schema) else {
                continue
            }
            refolded[id] = state
        }
        guard !refolded.isEmpty else { return self }
        return StreamState(
            entities: entities.merging(refolded) { $1 }, vector: vector, offset: offset)
    }

    /// Whether `schemas` declare every place at which something lives. They do not where they lack
    /// what those had under which the state was made.
    public func isDeclared(by schemas: SchemaSet) -> Bool {
        entities.allSatisfy { id, entity in
            guard let schema = schemas[id.type] else { return entity.root.isEmpty }
            return entity.root.isDeclared(by: .record(schema.root))
        }
    }
}

extension EntityState {
    /// The entity with its kept operations folded anew; `nil` where the schema knows none of them.
    fileprivate func refolded(schema: Schema) -> EntityState? {
        let isKnown = unknown.contains {
            schema.place(at: $0.operation.path)?.rule.takes($0.operation.action) ?? false
        }
        guard isKnown else { return nil }
        // They are kept by dot and place in the event; the log's order is by offset. What has none
        // is pending on this device, in the order of its dots.
        let inLogOrder = unknown.enumerated().sorted { left, right in
            let places = (left.element.stamp.logPlace, right.element.stamp.logPlace)
            return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
        }
        var state = EntityState(root: root)
        for (_, kept) in inLogOrder {
            state.apply(kept.operation, schema: schema, by: kept.stamp)
        }
        return state
    }
}

extension Stamp {
    /// Where its event stands in the log; behind all of it while it is pending.
    fileprivate var logPlace: UInt64 { offset == .start ? .max : offset.rawValue }
}

extension Rule {
    /// Whether an action is one that folds at a place of this rule; what is not is kept unread.
    func takes(_ action: Action) -> Bool {
        switch (self, action) {
        case (.register, .set), (.register, .clear), (.register, .keep),
            (.count, .set(.integer)), (.count, .add(.integer)), (.count, .clear),
            (.set, .add), (.set, .remove), (.set, .clear), (.set, .keep),
            (.map, .remove(.text)), (.map, .clear), (.workflow, .move), (.workflow, .keep),
            (.log, .append):
            return true
        default: return false
        }
    }
}

extension Node {
    fileprivate func isDeclared(by rule: Rule) -> Bool {
        switch (self, rule) {
        case (.branch(let children), .record(let record)):
            return children.allSatisfy { name, child in
                record[name].map { child.isDeclared(by: $0.rule) } ?? false
            }
        case (.branch(let children), .map(let below)):
            return children.values.allSatisfy { $0.isDeclared(by: below) }
        case (.versions, .register), (.versions, .workflow), (.count, .count), (.set, .set),
            (.log, .log):
            return true
        default: return false
        }
    }
}
