/// A call that a schema keeps to some roles, as far as it touches entities of the type (specification
/// section 2.6).
public enum GuardedCall: String, Hashable, Sendable, CaseIterable {
    /// What tells of the past of an entity: the timeline, an explanation, a moment in the past, and
    /// conflicts that are settled.
    case timeline
    /// To adopt a stream, and to undo that.
    case adopt
    /// To hand entities on.
    case handOff
}

extension Schema {
    /// Whether `role` may make a call, as far as it touches this type.
    public func allows(_ call: GuardedCall, by role: Role) -> Bool {
        callers[call].map { $0.contains(role) } ?? true
    }
}

extension SchemaSet {
    /// The types that keep a call from `role`, in ascending order.
    public func types(keeping call: GuardedCall, from role: Role) -> [String] {
        sorted.filter { !$0.allows(call, by: role) }.map(\.type)
    }

    /// Whether all that `other` may see or do with entities of a type, `role` may as well. What no
    /// schema declares is open to all.
    public func mayAll(_ role: Role, that other: Role, on type: String) -> Bool {
        self[type].map { $0.mayAll(role, that: other) } ?? true
    }
}

extension Schema {
    fileprivate func mayAll(_ role: Role, that other: Role) -> Bool {
        GuardedCall.allCases.allSatisfy { allows($0, by: role) || !allows($0, by: other) }
            && Rule.record(root).mayAll(role, that: other, at: place)
    }

    /// The entity itself.
    private var place: Place {
        Place(rule: .record(root), writers: [], readers: readers, adoption: nil)
    }
}

extension Rule {
    fileprivate func mayAll(_ role: Role, that other: Role, at place: Schema.Place) -> Bool {
        switch self {
        case .record(let record):
            return record.fields.allSatisfy {
                $0.rule.mayAll(role, that: other, at: place.field($0))
            }
        case .map(let below): return below.mayAll(role, that: other, at: place.entry(below))
        case .workflow(let workflow):
            return place.mayAll(role, that: other)
                && workflow.moves.allSatisfy { move in
                    move.roles.isEmpty || move.roles.contains(role) || !move.roles.contains(other)
                }
        case .register, .count, .set, .log: return place.mayAll(role, that: other)
        }
    }
}

extension Schema.Place {
    fileprivate func mayAll(_ role: Role, that other: Role) -> Bool {
        (isReadable(by: role) || !isReadable(by: other))
            && (isWritable(by: role) || !isWritable(by: other))
    }
}
