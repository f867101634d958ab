/// An operation as it stands in the log.
struct RecordedOperation {
    let stamp: Stamp
    let operation: FieldOperation
}

/// Gathers, place by place, what lives in an entity and what events have done there.
struct PlaceSurvey {
    /// One place that holds values itself.
    struct Place {
        let rule: Rule
        var node: Node?
        var operations: [RecordedOperation] = []
    }

    let entity: EntityID
    let schema: Schema
    let path: FieldPath
    private(set) var places: [FieldPath: Place] = [:]
    /// Removals of map keys, each under the path that it empties.
    private var removals = MapRemovals()

    init(entity: EntityID, schema: Schema, path: FieldPath) {
        self.entity = entity
        self.schema = schema
        self.path = path
    }

    mutating func survey(_ history: [LoggedEvent]) {
        for logged in history {
            let stamp = logged.stamp
            for operation in logged.event.operations where operation.entity == entity {
                guard let rule = schema.place(at: operation.path)?.rule else { continue }
                let recorded = RecordedOperation(stamp: stamp, operation: operation)
                switch (rule, operation.action) {
                case (.map, .remove(.text(let key))):
                    removals.append(recorded, emptying: operation.path.appending(key))
                case (.map, .clear): removals.append(recorded, emptying: operation.path)
                case (.map, _), (.record, _): continue
                default:
                    guard path.isPrefix(of: operation.path) else { continue }
                    places[operation.path, default: Place(rule: rule)].operations.append(recorded)
                }
            }
        }
    }

    mutating func survey(_ root: Node) { survey(root, rule: .record(schema.root), at: []) }

    private mutating func survey(_ node: Node, rule: Rule, at components: [ExactText]) {
        switch (node, rule) {
        case (.branch(let children), .record(let record)):
            for (name, child) in children {
                guard let field = record[name] else { continue }
                survey(child, rule: field.rule, at: components + [name])
            }
        case (.branch(let children), .map(let below)):
            for (key, child) in children { survey(child, rule: below, at: components + [key]) }
        case (.branch, _): return
        default:
            let here = FieldPath(components)
            guard path.isPrefix(of: here) else { return }
            places[here, default: Place(rule: rule)].node = node
        }
    }

    /// The removals that reached a place from above it, in the order of the log.
    mutating func removals(above path: FieldPath) -> RemovalsAbove { removals.above(path) }
}

/// What took map keys away. Each removal is held once, however many places it reached.
struct MapRemovals {
    private var all: [RecordedOperation] = []
    /// Their stamps, which are mostly all that is looked at.
    private var stamps: [Stamp] = []
    /// Their places in `all`, by the path that they empty.
    private var byPath: [FieldPath: [Int]] = [:]
    /// What was found for the last place and all above it. The next one mostly shares a part of them.
    private var found: [(path: FieldPath, indices: [Int])] = []

    mutating func append(_ removal: RecordedOperation, emptying path: FieldPath) {
        byPath[path, default: []].append(all.count)
        all.append(removal)
        stamps.append(removal.stamp)
    }

    /// Those that emptied `path` or a place above it. O(what was not found for the place before).
    mutating func above(_ path: FieldPath) -> RemovalsAbove {
        guard !byPath.isEmpty else { return RemovalsAbove(all: [], stamps: [], places: []) }
        while let last = found.last, !last.path.isPrefix(of: path) { found.removeLast() }
        for length in stride(from: found.count, through: path.components.count, by: 1) {
            let here = FieldPath(Array(path.components.prefix(length)))
            var indices = found.last?.indices ?? []
            if let own = byPath[here] { indices = (indices + own).sorted(by: isEarlier) }
            found.append((here, indices))
        }
        return RemovalsAbove(all: all, stamps: stamps, places: found.last?.indices ?? [])
    }

    /// The order of the log, and of the operations of an event.
    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let offsets = (stamps[left].offset, stamps[right].offset)
        return offsets.0 != offsets.1 ? offsets.0 < offsets.1 : left < right
    }
}

/// The removals that reached a place from above it, in the order of the log. Places share them.
struct RemovalsAbove: RandomAccessCollection {
    fileprivate let all: [RecordedOperation]
    fileprivate let stamps: [Stamp]
    fileprivate let places: [Int]

    var startIndex: Int { 0 }
    var endIndex: Int { places.count }
    subscript(position: Int) -> RecordedOperation { all[places[position]] }

    /// The stamp of one of them.
    func stamp(_ position: Int) -> Stamp { stamps[places[position]] }
}
