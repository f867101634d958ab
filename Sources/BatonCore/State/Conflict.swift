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
    /// The merge rule and how it picked: `register latest`, `count max`, `workflow`; `map` of a key
    /// that some of those who wrote the map lack: to them it has no value, to the others its name.
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
                guard let field = record[name], field.isReported else { continue }
                let here = path.appending(name)
                child.collectConflicts(
                    rule: field.rule, entity: entity, path: here, into: &conflicts)
                if let compared = field.compared, case .versions(let leaf)? = children[compared] {
                    conflicts += child.missingKeys(comparedBy: leaf, entity: entity, path: here)
                }
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

extension Node {
    /// The keys of a map that some lack of those who wrote it as a whole, without having seen one
    /// another: the writes of `leaf`. Open until one who has seen them all writes below the key.
    fileprivate func missingKeys(
        comparedBy leaf: VersionLeaf, entity: EntityID, path: FieldPath
    ) -> [Conflict] {
        let writers = leaf.visible
        guard writers.count > 1, case .branch(let keys) = self else { return [] }
        return keys.compactMap { key, node in
            var authors: [Dot: Stamp] = [:]
            var written: Set<Dot> = []
            node.visitWrites { origin, stamp in
                written.insert(origin)
                authors[stamp.dot] = stamp
            }
            let having = writers.filter { written.contains($0.originDot) }
            guard !having.isEmpty, having.count < writers.count,
                !authors.values.contains(where: { $0.hasSeenAll(of: writers) }),
                let picked = having.max(by: { $0.isOlder(than: $1) })
            else { return nil }
            return Conflict(
                entity: entity, path: path.appending(key), rule: "map",
                picked: picked.side(of: .text(key)),
                overruled: writers.filter { !written.contains($0.originDot) }
                    .map { $0.side(of: nil) })
        }
    }

    /// Hands in every live write, here and below, with the event that first wrote it.
    private func visitWrites(_ visit: (_ origin: Dot, _ stamp: Stamp) -> Void) {
        switch self {
        case .versions(let leaf):
            for version in leaf.versions { visit(version.originDot, version.stamp) }
        case .count(let leaf):
            for part in leaf.bases + leaf.increments { visit(part.stamp.dot, part.stamp) }
        case .set(let leaf):
            for stamp in leaf.elements.values.joined() { visit(stamp.dot, stamp) }
        case .log(let leaf):
            for fact in leaf.facts { visit(fact.stamp.dot, fact.stamp) }
        case .branch(let children):
            for child in children.values { child.visitWrites(visit) }
        }
    }
}

extension Stamp {
    fileprivate func hasSeenAll(of writers: [VersionLeaf.Version]) -> Bool {
        writers.allSatisfy { context.covers($0.originDot, at: $0.originOffset) }
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
    fileprivate var side: Conflict.Side { side(of: value) }

    fileprivate func side(of value: Value?) -> Conflict.Side {
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
