extension StreamState {
    /// The keeps that must go with `operations` into one event, written on top of this state.
    ///
    /// For each entry of a map that the operations edit, everything else that lives in the entry is
    /// said again, so that the entry stays whole where another replica removes it meanwhile
    /// (specification section 5.5). Counts are left out: of those only unseen increments survive.
    /// O(live size of the entries edited × operations on each).
    public func keeps(for operations: [FieldOperation], schemas: SchemaSet) -> [FieldOperation] {
        var edits: [EntryPlace: [FieldOperation]] = [:]
        var places: [EntryPlace] = []
        var others: [EntityID: [FieldOperation]] = [:]
        for operation in operations {
            guard let schema = schemas[operation.entity.type],
                let length = schema.entryLength(of: operation.path)
            else {
                others[operation.entity, default: []].append(operation)
                continue
            }
            let entry = FieldPath(Array(operation.path.components.prefix(length)))
            let place = EntryPlace(entity: operation.entity, path: entry)
            if edits[place] == nil { places.append(place) }
            edits[place, default: []].append(operation)
        }
        var keeps: [FieldOperation] = []
        for place in places {
            let isRemoved = others[place.entity]?.contains { $0.overwrites(place.path) } ?? false
            guard !isRemoved, let node = entities[place.entity]?.root.node(at: place.path)
            else { continue }
            node.collectKeeps(
                at: place.path, of: place.entity, besides: edits[place] ?? [], into: &keeps)
        }
        return keeps
    }

    /// The same for what an adoption writes: its keeps stand beside others.
    ///
    /// What waited in the adopted stream takes the adoption's events away, having seen nothing of
    /// what lives here. If their keeps took the place of others, it would take these as well.
    public func adoptionKeeps(
        for operations: [FieldOperation], schemas: SchemaSet
    ) -> [FieldOperation] {
        keeps(for: operations, schemas: schemas).map { keep in
            guard case .keep(let value, let origin) = keep.action else { return keep }
            let beside = Origin(
                dot: origin.dot, offset: origin.offset, timestamp: origin.timestamp, isBeside: true)
            return FieldOperation(keep.entity, keep.path, .keep(value, beside))
        }
    }
}

extension StreamState {
    /// A map entry that operations edit, and what they say of it that would have to be kept.
    package struct EditedEntry {
        /// The entity.
        package let entity: EntityID
        /// The entry: the outermost key on the way.
        package let path: FieldPath
        /// The operations, of several writes at one place the last one, that leave something to be kept.
        package let said: [FieldOperation]
    }

    /// The map entries that the operations of an event, with its keeps, edit.
    package func entries(
        editedBy operations: [FieldOperation], schemas: SchemaSet
    ) -> [EditedEntry] {
        var said: [EntryPlace: [FieldOperation: Int]] = [:]
        for (index, operation) in operations.enumerated() {
            guard let schema = schemas[operation.entity.type],
                let length = schema.entryLength(of: operation.path)
            else { continue }
            let path = FieldPath(Array(operation.path.components.prefix(length)))
            let place = EntryPlace(entity: operation.entity, path: path)
            let rule = schema.place(at: operation.path)?.rule
            said[place, default: [:]][operation.keptPart(by: rule)] = index
        }
        return said.map { place, parts in
            EditedEntry(
                entity: place.entity, path: place.path,
                said: parts.values.sorted().map { operations[$0] }
                    .filter { $0.leavesKeep(by: schemas[$0.entity.type]?.place(at: $0.path)?.rule) }
            )
        }.sorted { ($0.entity, $0.path) < ($1.entity, $1.path) }
    }

    /// The keeps of all that lives in a map entry.
    package func kept(in entry: FieldPath, of entity: EntityID) -> [FieldOperation] {
        var keeps: [FieldOperation] = []
        entities[entity]?.root.node(at: entry)?.collectKeeps(
            at: entry, of: entity, besides: [], into: &keeps)
        return keeps
    }
}

extension FieldOperation {
    /// What names the part of an entry that the operation writes: its place, of a set the element. A
    /// keep stands by itself: a place may hold several.
    fileprivate func keptPart(by rule: Rule?) -> FieldOperation {
        switch (rule, action) {
        case (.set, .add(let element)), (.set, .keep(let element, _)), (.set, .remove(let element)):
            return FieldOperation(entity, path, .add(element))
        case (_, .keep): return self
        default: return FieldOperation(entity, path, .clear)
        }
    }

    /// Whether something lives there afterwards that an edit elsewhere in the entry keeps.
    fileprivate func leavesKeep(by rule: Rule?) -> Bool {
        switch (rule, action) {
        case (.register, .set), (.register, .keep), (.workflow, .move), (.workflow, .keep),
            (.set, .add), (.set, .keep):
            return true
        default: return false
        }
    }
}

/// A map entry of an entity.
private struct EntryPlace: Hashable {
    let entity: EntityID
    let path: FieldPath
}

extension Schema {
    /// How many parts of `path` name the outermost map entry that it leads into; `nil` where it
    /// leads into none (also where it names the map itself).
    func entryLength(of path: FieldPath) -> Int? {
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
    /// What lives at `path`; `nil` where nothing does.
    package func node(at path: FieldPath) -> Node? {
        path.components.reduce(Node?.some(self)) { node, component in
            guard case .branch(let children)? = node else { return nil }
            return children[component]
        }
    }

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
                guard !isNamed,
                    let support = leaf.elements[element]?.min(by: { $0.dot < $1.dot })
                else { continue }
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
