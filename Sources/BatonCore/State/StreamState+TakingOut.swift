extension StreamState {
    /// What takes out of this stream what the replica `writer` brought when it adopted another stream, in
    /// groups that go into one event where it has room for them (specification section 10.9).
    ///
    /// A group may be larger than any event. Several events say the same as one: none of them covers what
    /// another one writes, and the removal of an entry comes before what is put back there.
    ///
    /// Written under a context that covers the events of `writer` and nothing else, the operations take
    /// away what these put here, and leave alone what anyone else wrote, before or since. `before` is this
    /// stream as it was before the adoption, where that can still be read: a value that was written over
    /// comes back from there. An entity of which a workflow shows a state stays whole.
    /// O(live size of this stream).
    public func takingOut(
        _ writer: ReplicaID, before: StreamState?, schemas: SchemaSet
    ) -> [[FieldOperation]] {
        var groups: [[FieldOperation]] = []
        for (id, entity) in entities.sorted(by: { $0.key < $1.key }) {
            guard let schema = schemas[id.type] else { continue }
            let rule = Rule.record(schema.root)
            guard !entity.root.showsState(rule: rule) else { continue }
            var taking = TakingOut(writer: writer, entity: id)
            taking.takeOut(
                entity.root, before: before?.entities[id]?.root, rule: rule, path: FieldPath([]))
            taking.takeOutUnknown(entity.unknown, schema: schema)
            if !taking.fields.isEmpty { groups.append(taking.fields) }
            groups += taking.entries
        }
        return groups
    }
}

/// Collects what takes one replica's writes out of one entity.
private struct TakingOut {
    let writer: ReplicaID
    let entity: EntityID
    /// What is written outside of maps.
    private(set) var fields: [FieldOperation] = []
    /// What is written to entries of maps, each entry by itself.
    private(set) var entries: [[FieldOperation]] = []
    /// The removals with which they begin.
    private var removals: Set<FieldOperation> = []

    init(writer: ReplicaID, entity: EntityID) {
        self.writer = writer
        self.entity = entity
    }

    mutating func takeOut(_ node: Node, before: Node?, rule: Rule, path: FieldPath) {
        switch (node, rule) {
        case (.branch(let children), .record(let record)):
            for (name, child) in children.sorted(by: { $0.key < $1.key }) {
                guard let field = record[name] else { continue }
                takeOut(
                    child, before: before?.node(at: FieldPath([name])), rule: field.rule,
                    path: path.appending(name))
            }
        case (.branch(let children), .map(let below)):
            for (key, child) in children.sorted(by: { $0.key < $1.key })
            where child.isWritten(by: writer) {
                // A removal takes only what its context covers, at every leaf below the key.
                let removal = FieldOperation(entity, path, .remove(.text(key)))
                removals.insert(removal)
                entries.append(
                    [removal]
                        + restored(
                            child, from: before?.node(at: FieldPath([key])), rule: below,
                            path: path.appending(key)))
            }
        default:
            fields += actions(on: node, before: before, rule: rule)
                .map { FieldOperation(entity, path, $0) }
        }
    }

    /// Operations that no schema knew, in entries in which nothing else is to be taken out.
    mutating func takeOutUnknown(_ unknown: [EntityState.Unknown], schema: Schema) {
        for kept in unknown where kept.stamp.dot.replica == writer {
            let path = kept.operation.path
            guard let entry = schema.entry(of: path), let key = entry.components.last
            else { continue }
            let map = FieldPath(Array(entry.components.dropLast()))
            let removal = FieldOperation(entity, map, .remove(.text(key)))
            if removals.insert(removal).inserted { entries.append([removal]) }
        }
    }

    /// The values below an entry over which the adoption wrote.
    private func restored(
        _ node: Node, from before: Node?, rule: Rule, path: FieldPath
    ) -> [FieldOperation] {
        guard let before else { return [] }
        switch (node, rule) {
        case (.branch(let children), .record), (.branch(let children), .map):
            return children.sorted { $0.key < $1.key }.flatMap { key, child in
                let below = rule.below(key)
                return below.map {
                    restored(
                        child, from: before.node(at: FieldPath([key])), rule: $0,
                        path: path.appending(key))
                } ?? []
            }
        case (.versions(let leaf), .register(_, let pick)):
            guard leaf.others(besides: writer)?.isEmpty == true,
                let value = before.valueAnew(pick: pick)
            else { return [] }
            return [FieldOperation(entity, path, .set(value))]
        default: return []
        }
    }

    /// What takes the writes out of a place outside of maps.
    private func actions(on node: Node, before: Node?, rule: Rule) -> [Action] {
        switch (node, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            guard let others = leaf.others(besides: writer) else { return [] }
            // To keep what others wrote is to say that the writer's own is not there any more.
            let kept = others.compactMap { other in
                other.value.map {
                    Action.keep(
                        $0,
                        Origin(
                            dot: other.originDot, offset: other.originOffset,
                            timestamp: other.writtenAt))
                }
            }
            if !kept.isEmpty { return kept }
            return [before?.valueAnew(pick: pick).map { .set($0) } ?? .clear]
        case (.count, .count): return node.isWritten(by: writer) ? [.clear] : []
        case (.set(let leaf), .set):
            return leaf.elements.filter { $0.value.contains { $0.dot.replica == writer } }.keys
                .sorted().map { .remove($0) }
        default: return []
        }
    }
}

extension VersionLeaf {
    /// The visible writes that are not of `writer`; `nil` where none is of it.
    fileprivate func others(besides writer: ReplicaID) -> [Version]? {
        let shown = visible
        let others = shown.filter { $0.origin != nil || $0.stamp.dot.replica != writer }
        return others.count == shown.count ? nil : others
    }
}

extension Node {
    /// Whether something lives here or below that `writer` put there, facts of a log left out.
    fileprivate func isWritten(by writer: ReplicaID) -> Bool {
        switch self {
        case .versions(let leaf): return leaf.versions.contains { $0.stamp.dot.replica == writer }
        case .count(let leaf):
            return (leaf.bases + leaf.increments).contains { $0.stamp.dot.replica == writer }
        case .set(let leaf):
            return leaf.elements.values.joined().contains { $0.dot.replica == writer }
        case .log: return false
        case .branch(let children): return children.values.contains { $0.isWritten(by: writer) }
        }
    }

    /// Whether a workflow outside of maps shows a state.
    fileprivate func showsState(rule: Rule) -> Bool {
        switch (self, rule) {
        case (.versions, .workflow): return value(rule: rule) != nil
        case (.branch(let children), .record(let record)):
            return children.contains { name, child in
                record[name].map { child.showsState(rule: $0.rule) } ?? false
            }
        default: return false
        }
    }

    /// The value of a register that one write can hold: of one that shows all values, the latest.
    fileprivate func valueAnew(pick: Pick) -> Value? {
        guard case .versions(let leaf) = self else { return nil }
        return leaf.winner(by: pick)?.value
    }
}

extension Rule {
    /// The rule of a field or key below; `nil` where there is none.
    fileprivate func below(_ key: ExactText) -> Rule? {
        switch self {
        case .record(let record): return record[key]?.rule
        case .map(let below): return below
        default: return nil
        }
    }
}
