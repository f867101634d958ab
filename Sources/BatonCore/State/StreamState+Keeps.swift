extension StreamState {
    /// The keeps that must go with `operations` into one event, written on top of this state.
    ///
    /// For each entry of a map that the operations edit, everything else that lives in the entry is
    /// said again, so that the entry stays whole where another replica removes it meanwhile
    /// (specification section 5.5). Counts are left out: of those only unseen increments survive.
    /// O(live size of the entries edited + operations).
    public func keeps(for operations: [FieldOperation], schemas: SchemaSet) -> [FieldOperation] {
        let edits = EntryEdits(operations, schemas: schemas)
        return keeps(for: edits, among: edits)
    }

    /// The same for what an adoption writes: its keeps stand beside others.
    ///
    /// What waited in the adopted stream takes the adoption's events away, having seen nothing of
    /// what lives here. If their keeps took the place of others, it would take these as well.
    public func adoptionKeeps(
        for operations: [FieldOperation], schemas: SchemaSet
    ) -> [FieldOperation] {
        let edits = EntryEdits(operations, schemas: schemas)
        return keeps(for: edits, among: edits).map(\.beside)
    }

    /// The same for an event that is one of several: `all` is what all of them write.
    ///
    /// What one of them writes over, another one must not keep. It has seen that write, and would by a
    /// keep of what stood there before say that it is gone.
    package func adoptionKeeps(
        for operations: [FieldOperation], among all: EntryEdits, schemas: SchemaSet
    ) -> [FieldOperation] {
        keeps(for: EntryEdits(operations, schemas: schemas), among: all).map(\.beside)
    }

    private func keeps(for edits: EntryEdits, among all: EntryEdits) -> [FieldOperation] {
        var keeps: [FieldOperation] = []
        for place in edits.places where !edits.isDecidedOutside(place) {
            entities[place.entity]?.root.node(at: place.path)?.collectKeeps(
                at: place.path, of: place.entity, besides: all.written[place] ?? WrittenParts(),
                into: &keeps)
        }
        return keeps
    }
}

/// What operations write, by the map entries that they edit.
package struct EntryEdits {
    /// The entries, in the order of the first operation on each.
    fileprivate private(set) var places: [EntryPlace] = []
    /// What is written in each of them.
    fileprivate private(set) var written: [EntryPlace: WrittenParts] = [:]
    /// What is written outside of entries; that is also where whole entries are removed.
    private var outside: [EntityID: WrittenParts] = [:]

    /// Sorts the operations. O(operations).
    package init(_ operations: some Sequence<FieldOperation>, schemas: SchemaSet) {
        for operation in operations {
            guard let schema = schemas[operation.entity.type],
                let path = schema.entry(of: operation.path)
            else {
                outside[operation.entity, default: WrittenParts()].insert(operation)
                continue
            }
            let place = EntryPlace(entity: operation.entity, path: path)
            if written[place] == nil { places.append(place) }
            written[place, default: WrittenParts()].insert(operation)
        }
    }

    /// Whether an operation outside of the entry decides by itself what lives in it.
    fileprivate func isDecidedOutside(_ place: EntryPlace) -> Bool {
        guard let outside = outside[place.entity] else { return false }
        let parts = place.path.components
        return (0...parts.count).contains {
            outside.decided.contains(FieldPath(Array(parts.prefix($0))))
        }
    }
}

/// What of a map entry operations write, so that no keep of it is wanted.
private struct WrittenParts {
    /// The places of which an operation by itself decides what lives there and below.
    private(set) var decided: Set<FieldPath> = []
    /// The elements of sets that are added or removed, each as the adding of it.
    private var elements: Set<FieldOperation> = []

    mutating func insert(_ operation: FieldOperation) {
        switch operation.action {
        case .set, .clear, .move: decided.insert(operation.path)
        case .add(let element): insert(element, of: operation)
        case .remove(let element):
            insert(element, of: operation)
            if case .text(let key) = element { decided.insert(operation.path.appending(key)) }
        case .append, .keep, .unknown: break
        }
    }

    private mutating func insert(_ element: Value, of operation: FieldOperation) {
        elements.insert(FieldOperation(operation.entity, operation.path, .add(element)))
    }

    func names(_ element: Value, at path: FieldPath, of entity: EntityID) -> Bool {
        elements.contains(FieldOperation(entity, path, .add(element)))
    }
}

extension FieldOperation {
    /// A keep, as one that stands beside others.
    fileprivate var beside: FieldOperation {
        guard case .keep(let value, let origin) = action else { return self }
        let beside = Origin(
            dot: origin.dot, offset: origin.offset, timestamp: origin.timestamp, isBeside: true)
        return FieldOperation(entity, path, .keep(value, beside))
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
                let path = schema.entry(of: operation.path)
            else { continue }
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
            at: entry, of: entity, besides: WrittenParts(), into: &keeps)
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
    /// The outermost map entry that `path` leads into; `nil` where it leads into none (also where it
    /// names the map itself).
    package func entry(of path: FieldPath) -> FieldPath? {
        entryLength(of: path).map { FieldPath(Array(path.components.prefix($0))) }
    }

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
        at path: FieldPath, of entity: EntityID, besides written: WrittenParts,
        into keeps: inout [FieldOperation]
    ) {
        guard !written.decided.contains(path) else { return }
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
                guard !written.names(element, at: path, of: entity),
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
