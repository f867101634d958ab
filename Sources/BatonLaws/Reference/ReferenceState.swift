package import BatonCore

/// What a set of events means, by definition, written from the specification alone: every operation puts a thing somewhere, or takes
/// things away that its author had seen; what nobody took away lives. All events are kept, and
/// everything is found by looking through all of them. Slow, and in no order.
package struct ReferenceState {
    let schemas: SchemaSet
    /// Everything that lives, by entity.
    let live: [EntityID: [Thing]]

    /// The events of a set, each with its offset. A void entry means nothing.
    package init(_ entries: [(Offset, Entry)], _ schemas: SchemaSet) {
        self.schemas = schemas
        var all: [EntityID: [Thing]] = [:]
        for case (let offset, .event(let event)) in entries {
            let author = ReferenceEvent(event: event, offset: offset.rawValue)
            for (number, operation) in event.operations.enumerated() {
                all[operation.entity, default: []].append(
                    Thing(
                        author: author, number: number, operation: operation,
                        rule: Self.rule(for: operation, schemas)))
            }
        }
        live = all.mapValues { things in
            let takers = things.filter(\.takes)
            return things.filter { thing in
                thing.isPut && !takers.contains { $0.takesAway(thing) && $0.saw(thing) }
            }
        }.filter { !$0.value.isEmpty }
    }

    /// The rule at the operation's place, if the action fits it.
    package static func rule(for operation: FieldOperation, _ schemas: SchemaSet) -> Rule? {
        guard let rule = place(operation.path, of: operation.entity, schemas) else { return nil }
        switch (rule, operation.action) {
        case (.register, .set), (.register, .clear), (.register, .keep), (.workflow, .move),
            (.workflow, .keep), (.count, .set(.integer)), (.count, .add(.integer)),
            (.count, .clear), (.set, .add), (.set, .remove), (.set, .clear), (.set, .keep),
            (.map, .remove(.text)), (.map, .clear), (.log, .append):
            return rule
        default: return nil
        }
    }

    /// The rule that the schema declares at a path.
    static func place(_ path: FieldPath, of entity: EntityID, _ schemas: SchemaSet) -> Rule? {
        guard let schema = schemas[entity.type] else { return nil }
        var rule = Rule.record(schema.root)
        for part in path.components {
            switch rule {
            case .record(let record):
                guard let field = record.fields.first(where: { $0.name == part }) else {
                    return nil
                }
                rule = field.rule
            case .map(let below): rule = below
            default: return nil
            }
        }
        return rule
    }
}
