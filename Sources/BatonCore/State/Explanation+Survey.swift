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
    /// Removals of map keys, with the path that they empty.
    private var removals: [(path: FieldPath, operation: RecordedOperation)] = []

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
                    removals.append((operation.path.appending(key), recorded))
                case (.map, .clear): removals.append((operation.path, recorded))
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
    func removals(above path: FieldPath) -> [RecordedOperation] {
        removals.filter { $0.path.isPrefix(of: path) }.map(\.operation)
    }
}
