/// From whom a field's values are hidden where decisions are listed and explained: in conflicts,
/// explanations, the timeline and `baton inspect`.
///
/// Devices that hold the stream hold its values all the same, and plain reads show them: this keeps
/// personal data out of lists that support reads, and is no access control.
public enum Redaction: Hashable, Sendable {
    /// All may see them.
    case none
    /// Hidden from all roles but these.
    case except([Role])

    /// Whether `role` sees a mark in place of the value.
    public func hides(from role: Role) -> Bool {
        switch self {
        case .none: return false
        case .except(let roles): return !roles.contains(role)
        }
    }

    /// What stands in place of a hidden value: `{"redacted": true}`.
    public static let mark: Value = .object(["redacted": .boolean(true)])
}

extension Schema {
    /// An entity's plain value with a mark in place of what is hidden from `role`.
    public func redacted(_ value: Value, for role: Role) -> Value {
        redacted(value, rule: .record(root), for: role)
    }

    private func redacted(_ value: Value, rule: Rule, for role: Role) -> Value {
        guard case .object(let members) = value else { return value }
        switch rule {
        case .record(let record):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, member in
                        guard let field = record[name] else { return (name, member) }
                        return (
                            name,
                            field.redaction.hides(from: role)
                                ? Redaction.mark : redacted(member, rule: field.rule, for: role)
                        )
                    }))
        case .map(let below):
            return .object(members.mapValues { redacted($0, rule: below, for: role) })
        default: return value
        }
    }

    /// Whether the values at `path` are hidden from `role`: where any field on the way to it, as far
    /// as the schema knows the way, hides them.
    public func isRedacted(_ path: FieldPath, for role: Role) -> Bool {
        var rule = Rule.record(root)
        for component in path.components {
            switch rule {
            case .record(let record):
                guard let field = record[component] else { return false }
                if field.redaction.hides(from: role) { return true }
                rule = field.rule
            case .map(let below): rule = below
            default: return false
            }
        }
        return false
    }
}

extension SchemaSet {
    /// The operation with a mark in place of a value that is hidden from `role`. Keys of maps stay.
    public func redacted(_ operation: FieldOperation, for role: Role) -> FieldOperation {
        guard let schema = self[operation.entity.type],
            schema.isRedacted(operation.path, for: role)
        else { return operation }
        let action: Action
        switch operation.action {
        case .set: action = .set(Redaction.mark)
        case .add: action = .add(Redaction.mark)
        case .append: action = .append(Redaction.mark)
        case .keep(_, let origin): action = .keep(Redaction.mark, origin)
        case .move: action = .move(from: "redacted", to: "redacted")
        case .remove:
            if case .map? = schema.place(at: operation.path)?.rule { return operation }
            action = .remove(Redaction.mark)
        case .clear, .unknown: return operation
        }
        return FieldOperation(operation.entity, operation.path, action)
    }

    /// The conflict with marks in place of values that are hidden from `role`.
    public func redacted(_ conflict: Conflict, for role: Role) -> Conflict {
        guard let schema = self[conflict.entity.type],
            schema.isRedacted(conflict.path, for: role)
        else { return conflict }
        return Conflict(
            entity: conflict.entity, path: conflict.path, rule: conflict.rule,
            picked: conflict.picked.redacted, overruled: conflict.overruled.map(\.redacted))
    }
}

extension Conflict.Side {
    fileprivate var redacted: Conflict.Side {
        Conflict.Side(
            dot: dot, timestamp: timestamp, value: value.map { _ in Redaction.mark })
    }
}
