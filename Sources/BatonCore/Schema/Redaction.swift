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
