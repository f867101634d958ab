extension SchemaSet {
    /// Why `operations`, written by `role`, must be refused for good; `nil` if they may stand.
    ///
    /// Entity types, fields and actions that the schemas do not know are no reason: they may come
    /// from a newer client, and are kept (specification section 4.5), unless they are hidden from the
    /// role. O(operations).
    public func refusal(of operations: [FieldOperation], by role: Role) -> Refusal? {
        for operation in operations {
            // Not before it is asked for: nearly all operations may stand.
            var name: String { "\(operation.entity)\(operation.path)" }
            let schema = self[operation.entity.type]
            // Also where no schema declares it: its writer would hold what the log does not show it.
            guard schema?.shows(operation.path, to: role) ?? true else {
                return Refusal(.notPermitted, "\(name) may not be written by a \(role.rawValue)")
            }
            if case .keep(_, let origin) = operation.action, origin.isBeside {
                return Refusal(
                    .schemaViolation,
                    "\(name): only the server's own events keep beside what they saw; leave it out")
            }
            guard let schema, let place = schema.place(at: operation.path) else { continue }
            // Nothing there has to be said again: a keep would be a way around the rule, and the roles.
            if case .keep = operation.action, !place.isInEntry {
                return Refusal(
                    .schemaViolation,
                    "\(name): a keep is for what lies in an entry of a map; leave it out")
            }
            if !place.writers.isOpen(to: role) {
                return Refusal(.notPermitted, "\(name) may not be written by a \(role.rawValue)")
            }
            switch place.rule.objection(to: operation.action, by: role) {
            case nil: continue
            case .violation(let why):
                return Refusal(
                    .schemaViolation,
                    schema.reason(
                        "\(name): \(why)", for: operation,
                        hiding: "what was written does not fit the \(place.rule.name) there"))
            case .forbidden(let why):
                return Refusal(
                    .notPermitted,
                    schema.reason(
                        "\(name): \(why)", for: operation,
                        hiding: "a \(role.rawValue) may not move it so"))
            }
        }
        return nil
    }

    /// Whether a role sees every place that the operations are at. O(operations).
    public func shows(_ operations: [FieldOperation], to role: Role) -> Bool {
        operations.allSatisfy { self[$0.entity.type]?.shows($0.path, to: role) ?? true }
    }

    /// Why `operation` names a place that no schema declares; `nil` if one does.
    ///
    /// For callers that write on behalf of others (the thin-client call): there is no newer client.
    public func unknownPlace(of operation: FieldOperation) -> String? {
        guard let schema = self[operation.entity.type] else {
            let known = sorted.map(\.type).joined(separator: ", ")
            return "no schema declares the entity type \(operation.entity.type); known: \(known)"
        }
        guard schema.place(at: operation.path) == nil else { return nil }
        let fields = schema.root.fields.map(\.name.string).joined(separator: ", ")
        return "\(operation.path.pointer) is not a place of a \(schema.type); its fields: \(fields)"
    }
}

extension Schema {
    /// Why an operation is refused, for the log and the lists that it is read from: `reason`, which may
    /// name values, or where the schema hides these from anybody, `hint` in its place.
    func reason(
        _ reason: String, for operation: FieldOperation, hiding hint: String
    ) -> String {
        guard Role.allCases.contains(where: { isRedacted(operation.path, for: $0) }) else {
            return reason
        }
        return "\(operation.entity)\(operation.path): \(hint); the values are not shown, since the "
            + "schema redacts them"
    }
}

extension Rule {
    /// Why an action does not fit.
    enum Objection {
        case violation(String)
        case forbidden(String)
    }

    func objection(to action: Action, by role: Role) -> Objection? {
        switch (self, action) {
        case (_, .unknown): return nil
        case (.register(let type, _), .set(let value)),
            (.register(let type, _), .keep(let value, _)),
            (.set(let type), .add(let value)), (.set(let type), .keep(let value, _)),
            (.log(let type), .append(let value)):
            return type.objection(to: value).map(Objection.violation)
        case (.register, .clear), (.count, .clear), (.set, .clear), (.map, .clear),
            (.set, .remove):
            return nil
        case (.count(let count), .set(let value)):
            return ValueType.integer(count.range).objection(to: value).map(Objection.violation)
        case (.count(let count), .add(let value)):
            return ValueType.integer(-count.step...count.step).objection(to: value)
                .map(Objection.violation)
        case (.map, .remove(let value)):
            guard let key = value.string, !key.isEmpty else {
                return .violation("remove takes the key as text, got \(value.summary)")
            }
            return nil
        case (.workflow(let workflow), .keep(let value, _)):
            guard case .text(let state) = value, workflow.precedence.contains(state) else {
                return .violation("\(value.summary) is not a state")
            }
            return nil
        case (.workflow(let workflow), .move(let from, let to)):
            return workflow.objection(toMoveFrom: from, to: to, by: role)
        default:
            return .violation("\(action.name) does not fit a \(name); it takes \(actionNames)")
        }
    }

    /// The actions that fit, for messages.
    private var actionNames: String {
        switch self {
        case .register: return "set or clear"
        case .count: return "add, set or clear"
        case .set: return "add, remove or clear"
        case .map: return "remove or clear, or a path to one of its keys"
        case .record: return "a path to one of its fields"
        case .workflow: return "move"
        case .log: return "append"
        }
    }
}

extension Workflow {
    func objection(toMoveFrom from: ExactText, to: ExactText, by role: Role) -> Rule.Objection? {
        guard let move = moves.first(where: { $0.from == from && $0.to == to }) else {
            let known = moves.filter { $0.from == from }.map(\.to.string)
            return .violation(
                known.isEmpty
                    ? "there is no move from \"\(from)\""
                    : "no move leads from \"\(from)\" to \"\(to)\", only to "
                        + known.joined(separator: ", "))
        }
        guard move.roles.isEmpty || move.roles.contains(role) else {
            return .forbidden("a \(role.rawValue) may not move it from \"\(from)\" to \"\(to)\"")
        }
        return nil
    }
}

extension Action {
    /// The action's name on the wire and in messages.
    public var name: String {
        switch self {
        case .set: return "set"
        case .clear: return "clear"
        case .add: return "add"
        case .remove: return "remove"
        case .move: return "move"
        case .append: return "append"
        case .keep: return "keep"
        case .unknown: return "unknown"
        }
    }
}
