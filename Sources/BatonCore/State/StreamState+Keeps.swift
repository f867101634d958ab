extension StreamState {
    /// The keeps that must go with `operations` into one event, written on top of this state.
    ///
    /// For each entry of a map that the operations edit, everything else that lives in the entry is
    /// said again, so that the entry stays whole where another replica removes it meanwhile
    /// (specification section 5.5). Counts are left out: of those only unseen increments survive.
    /// O(live size of the entries edited).
    public func keeps(for operations: [FieldOperation], schemas: SchemaSet) -> [FieldOperation] {
        var keeps: [FieldOperation] = []
        var seen: Set<FieldPath.InEntity> = []
        for operation in operations {
            guard let schema = schemas[operation.entity.type],
                let length = schema.entryLength(of: operation.path)
            else { continue }
            let entry = FieldPath(Array(operation.path.components.prefix(length)))
            guard seen.insert(.init(entity: operation.entity, path: entry)).inserted,
                var node = entities[operation.entity]?.root
            else { continue }
            for component in entry.components {
                guard case .branch(let children) = node, let child = children[component] else {
                    node = .branch([:])
                    break
                }
                node = child
            }
            let written = operations.filter { $0.entity == operation.entity }
            node.collectKeeps(at: entry, of: operation.entity, besides: written, into: &keeps)
        }
        return keeps
    }
}

extension FieldPath {
    fileprivate struct InEntity: Hashable {
        let entity: EntityID
        let path: FieldPath
    }
}

extension Schema {
    /// How many parts of `path` name the outermost map entry that it leads into; `nil` where it
    /// leads into none (also where it names the map itself).
    fileprivate func entryLength(of path: FieldPath) -> Int? {
        var rule = Rule.record(root)
        for (index, component) in path.components.enumerated() {
            switch rule {
            case .record(let record):
                guard let field = record[component] else { return nil }
                rule = field.rule
            case .map: return index + 1
            default: return nil
            }
        }
        return nil
    }
}

extension Node {
    fileprivate func collectKeeps(
        at path: FieldPath, of entity: EntityID, besides written: [FieldOperation],
        into keeps: inout [FieldOperation]
    ) {
        let isOverwritten = written.contains { $0.overwrites(path) }
        guard !isOverwritten else { return }
        switch self {
        case .branch(let children):
            for (key, child) in children.sorted(by: { $0.key < $1.key }) {
                child.collectKeeps(
                    at: path.appending(key), of: entity, besides: written, into: &keeps)
            }
        case .versions(let leaf):
            for version in leaf.visible {
                guard let value = version.value else { continue }
                let origin = Origin(
                    dot: version.originDot, offset: version.originOffset,
                    timestamp: version.writtenAt)
                keeps.append(FieldOperation(entity, path, .keep(value, origin)))
            }
        case .set(let leaf):
            for element in leaf.elements.keys.sorted() {
                let isNamed = written.contains {
                    $0.path == path && ($0.action == .remove(element) || $0.action == .add(element))
                }
                guard !isNamed, let support = leaf.elements[element]?.first else { continue }
                let origin = Origin(
                    dot: support.dot, offset: support.offset, timestamp: support.timestamp)
                keeps.append(FieldOperation(entity, path, .keep(element, origin)))
            }
        case .count, .log: break
        }
    }
}

extension FieldOperation {
    /// Whether the operation by itself decides what lives at `place`, so that no keep is wanted.
    fileprivate func overwrites(_ place: FieldPath) -> Bool {
        switch action {
        case .set, .clear, .move: return path.isPrefix(of: place)
        case .remove(.text(let key)): return path.appending(key).isPrefix(of: place)
        default: return false
        }
    }
}
