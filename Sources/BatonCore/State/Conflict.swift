/// What concurrency decided at one place: open until a later write covers it.
public struct Conflict: Hashable, Sendable {
    /// One of the concurrent writes.
    public struct Side: Hashable, Sendable {
        /// The event that wrote it.
        public let dot: Dot
        /// When it was written.
        public let timestamp: Timestamp
        /// What was written; `nil` where the register was cleared.
        public let value: Value?
    }

    /// The entity in which it lies.
    public let entity: EntityID
    /// The place in the entity.
    public let path: FieldPath
    /// The merge rule and how it picked: `register latest`, `count max`, `workflow`.
    public let rule: String
    /// The write that prevailed.
    public let picked: Side
    /// Those that were overruled, by their dots.
    public let overruled: [Side]
}

extension StreamState {
    /// The open conflicts of all entities, by entity and path.
    public func conflicts(schemas: SchemaSet) -> [Conflict] {
        entities.keys.sorted().flatMap { conflicts(of: $0, schemas: schemas) }
    }

    /// The open conflicts of one entity, by path.
    public func conflicts(of entity: EntityID, schemas: SchemaSet) -> [Conflict] {
        guard let state = entities[entity], let schema = schemas[entity.type] else { return [] }
        var conflicts: [Conflict] = []
        state.root.collectConflicts(
            rule: .record(schema.root), entity: entity, path: FieldPath([]), into: &conflicts)
        return conflicts.sorted { $0.path < $1.path }
    }
}

extension Node {
    fileprivate func collectConflicts(
        rule: Rule, entity: EntityID, path: FieldPath, into conflicts: inout [Conflict]
    ) {
        switch (self, rule) {
        case (.branch(let children), .record(let record)):
            for (name, child) in children {
                guard let field = record[name] else { continue }
                child.collectConflicts(
                    rule: field.rule, entity: entity, path: path.appending(name), into: &conflicts)
            }
        case (.branch(let children), .map(let below)):
            for (key, child) in children {
                child.collectConflicts(
                    rule: below, entity: entity, path: path.appending(key), into: &conflicts)
            }
        default:
            guard let (name, picked, overruled) = decision(rule: rule) else { return }
            conflicts.append(
                Conflict(
                    entity: entity, path: path, rule: name, picked: picked, overruled: overruled))
        }
    }

    /// The rule that decided, the winner and the others; `nil` where all live writes agree.
    private func decision(rule: Rule) -> (String, Conflict.Side, [Conflict.Side])? {
        switch (self, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            // A register that shows all of its values overrules none.
            if case .all = pick { return nil }
            return leaf.decision("register \(pick.name)", winner: leaf.winner(by: pick))
        case (.versions(let leaf), .workflow(let workflow)):
            return leaf.decision("workflow", winner: leaf.prevailing(in: workflow)?.version)
        case (.count(let leaf), .count(let count)):
            guard let picked = leaf.base(rule: count) else { return nil }
            let others = leaf.bases.filter { $0.number != picked.number }
            return others.isEmpty
                ? nil
                : (
                    "count \(count.base.rawValue)", picked.side,
                    others.map(\.side).sorted { $0.dot < $1.dot }
                )
        default: return nil
        }
    }
}

extension VersionLeaf {
    fileprivate func decision(
        _ rule: String, winner: Version?
    ) -> (String, Conflict.Side, [Conflict.Side])? {
        guard let winner else { return nil }
        let others = visible.filter { $0.value != winner.value }
        return others.isEmpty
            ? nil : (rule, winner.side, others.map(\.side).sorted { $0.dot < $1.dot })
    }
}

extension VersionLeaf.Version {
    fileprivate var side: Conflict.Side {
        Conflict.Side(dot: originDot, timestamp: writtenAt, value: value)
    }
}

extension CountLeaf.Part {
    fileprivate var side: Conflict.Side {
        Conflict.Side(dot: stamp.dot, timestamp: stamp.timestamp, value: .integer(number))
    }
}

extension Pick {
    /// The pick's name in a schema document and in conflicts.
    public var name: String {
        switch self {
        case .latest: return "latest"
        case .max: return "max"
        case .min: return "min"
        case .strictest: return "strictest"
        case .all: return "all"
        }
    }
}
