/// A field that an event makes hold more than its schema allows (``Field/most``).
public struct Crowding: Hashable, Sendable {
    /// The entity.
    public let entity: EntityID
    /// The set, map or log.
    public let path: FieldPath
    /// How many it would hold of what the event's writer had seen, and the event's own.
    public let count: Int
    /// How many it may.
    public let most: Int

    /// The refusal that says so. It names no values.
    public var refusal: Refusal {
        Refusal(
            .schemaViolation,
            "\(entity)\(path): would hold \(count), and at most \(most) are allowed: "
                + "remove some before adding others")
    }

    /// Whether `operation` may have taken something out of the field.
    public func isLessened(by operation: FieldOperation) -> Bool {
        switch operation.action {
        case .remove, .clear:
            return operation.entity == entity
                && (operation.path.isPrefix(of: path) || path.isPrefix(of: operation.path))
        default: return false
        }
    }
}

extension StreamState {
    /// Where `event`, which is to go in next, adds to a field that its writer had seen full; `nil`
    /// where it does so nowhere.
    ///
    /// A merge loses nothing, so replicas that add while apart may fill a field beyond its bound
    /// together, and none of them is to blame. What counts is what the writer had seen: the parts
    /// with a live write that the event covers, and its own. So an event that was right when it was
    /// written is right here as well, unless something was removed from the field meanwhile that
    /// its writer had seen and edits: whoever holds it against a later state asks the log for that
    /// (``Crowding/isLessened(by:)``; specification section 5.11). O(live size of the fields).
    public func crowding(by event: Event, schemas: SchemaSet) -> Crowding? {
        guard schemas.mayCrowd(event.operations) else { return nil }
        var after = self
        guard after.apply(.event(event), schemas: schemas) == .applied else { return nil }
        let stamp = Stamp(
            dot: event.dot, offset: .start, context: event.context, timestamp: event.timestamp)
        for operation in event.operations {
            for (path, most) in schemas.boundedFields(of: operation) {
                let entity = operation.entity
                guard let node = after.entities[entity]?.root.node(at: path),
                    node.holdsMore(than: entities[entity]?.root.node(at: path))
                else { continue }
                let count = node.parts(coveredBy: stamp)
                if count > most {
                    return Crowding(entity: entity, path: path, count: count, most: most)
                }
            }
        }
        return nil
    }
}

extension SchemaSet {
    /// Whether operations may add to a field with a bound, so that it takes a state to judge them.
    public func mayCrowd(_ operations: [FieldOperation]) -> Bool {
        operations.contains { operation in
            guard let schema = self[operation.entity.type], schema.hasBounds else { return false }
            // Nearly all that is written is nowhere near a bound, and is told by its first part.
            guard let first = operation.path.components.first, let field = schema.root[first],
                field.hasBounds
            else { return false }
            return !boundedFields(of: operation).isEmpty
        }
    }

    /// The fields with a bound to which an operation may add, from the outermost inwards.
    ///
    /// A keep adds nothing: it says again what was there.
    fileprivate func boundedFields(of operation: FieldOperation) -> [(path: FieldPath, most: Int)] {
        guard let schema = self[operation.entity.type], schema.hasBounds else { return [] }
        switch operation.action {
        case .keep, .remove, .clear, .unknown: return []
        case .set, .add, .append, .move: return schema.boundedFields(on: operation.path)
        }
    }
}

extension Schema {
    fileprivate func boundedFields(on path: FieldPath) -> [(path: FieldPath, most: Int)] {
        var found: [(path: FieldPath, most: Int)] = []
        var rule = Rule.record(root)
        for (index, part) in path.components.enumerated() {
            switch rule {
            case .record(let record):
                guard let field = record[part] else { return found }
                if let most = field.most {
                    found.append((FieldPath(Array(path.components.prefix(index + 1))), most))
                }
                rule = field.rule
            case .map(let below): rule = below
            default: return found
            }
        }
        return found
    }
}

extension Node {
    /// Whether there is a part here that was not there before: an element, key or fact.
    fileprivate func holdsMore(than before: Node?) -> Bool {
        switch (self, before) {
        case (_, nil): return !isEmpty
        case (.branch(let children), .branch(let old)?):
            return children.keys.contains { old[$0] == nil }
        case (.set(let leaf), .set(let old)?):
            return leaf.elements.keys.contains { old.elements[$0] == nil }
        case (.log(let leaf), .log(let old)?): return leaf.facts.count > old.facts.count
        default: return false
        }
    }

    /// How many parts have a live write that `stamp`'s writer had seen, or made.
    fileprivate func parts(coveredBy stamp: Stamp) -> Int {
        switch self {
        case .branch(let children):
            return children.values.count { $0.isCovered(by: stamp) }
        case .set(let leaf):
            return leaf.elements.values.count { $0.contains(where: stamp.covers) }
        case .log(let leaf): return leaf.facts.count { stamp.covers($0.stamp) }
        case .count, .versions: return 0
        }
    }

    /// Whether anything lives here that `stamp`'s writer had seen, or made.
    private func isCovered(by stamp: Stamp) -> Bool {
        switch self {
        case .branch(let children): return children.values.contains { $0.isCovered(by: stamp) }
        case .versions(let leaf): return leaf.versions.contains { stamp.covers($0.stamp) }
        case .count(let leaf):
            return (leaf.bases + leaf.increments).contains { stamp.covers($0.stamp) }
        case .set, .log: return parts(coveredBy: stamp) > 0
        }
    }
}
