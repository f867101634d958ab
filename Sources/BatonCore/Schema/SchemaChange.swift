/// One difference between two versions of a schema, and whether logs and clients stand it
/// (specification section 13.2).
public struct SchemaChange: Hashable, Sendable {
    /// Whether the newer schema may take the place of the older one.
    public enum Effect: String, Hashable, Sendable {
        /// What is in logs reads as before, and what clients with the older schema write is taken.
        case additive
        /// Logs would read otherwise than before, or what older clients write would be refused.
        case breaking
    }

    /// The entity type.
    public let type: String
    /// The place in it, with `*` for the keys of a map; as the older schema has it where the newer
    /// one lacks it.
    public let place: FieldPath
    /// Whether it may be.
    public let effect: Effect
    /// What has changed, and for a breaking change why it must not be.
    public let reason: String

    /// Joins the parts.
    public init(type: String, place: FieldPath, effect: Effect, reason: String) {
        self.type = type
        self.place = place
        self.effect = effect
        self.reason = reason
    }
}

extension Schema {
    /// What makes this schema differ from an older one of its type, by place; empty where both say
    /// the same. O(size of the schemas).
    public func changes(since older: Schema) -> [SchemaChange] {
        precondition(type == older.type, "\(type) is compared with \(older.type)")
        var comparison = SchemaComparison(type: type)
        let holding = (
            SchemaComparison.Holding(writers: [], readers: readers),
            SchemaComparison.Holding(writers: [], readers: older.readers)
        )
        if Set(readers) != Set(older.readers) {
            comparison.compare(readers: readers, with: older.readers, at: FieldPath([]))
        }
        comparison.compare(callers, with: older.callers)
        comparison.compare(root, with: older.root, holding: holding, at: FieldPath([]))
        if adoption != older.adoption {
            comparison.add(
                FieldPath([]),
                "adopt is \(adoption.rawValue), was \(older.adoption.rawValue): "
                    + "holds for adoptions from now on")
        }
        let isChanged = !comparison.changes.isEmpty
        if version < older.version || isChanged && version == older.version {
            comparison.breaks(
                FieldPath([]),
                "version is \(version), was \(older.version): it grows with every change, for of "
                    + "two documents of a type replicas take the one with the higher version")
        }
        return comparison.changes
    }
}

extension SchemaSet {
    /// What makes these schemas differ from older ones, by type.
    public func changes(since older: SchemaSet) -> [SchemaChange] {
        var changes: [SchemaChange] = []
        for schema in older.sorted where self[schema.type] == nil {
            changes.append(
                SchemaChange(
                    type: schema.type, place: FieldPath([]), effect: .breaking,
                    reason: "the type is gone: its entities are in logs, and would show no more"))
        }
        for schema in sorted {
            if let before = older[schema.type] {
                changes += schema.changes(since: before)
            } else {
                changes.append(
                    SchemaChange(
                        type: schema.type, place: FieldPath([]), effect: .additive,
                        reason: "the type is new"))
            }
        }
        return changes
    }
}

/// Walks through two versions of a schema and notes where they differ.
struct SchemaComparison {
    let type: String
    private(set) var changes: [SchemaChange] = []

    /// The roles that hold from above, where a field names none.
    struct Holding {
        var writers: [Role]
        var readers: [Role]

        func field(_ field: Field) -> Holding {
            Holding(
                writers: field.writers.isEmpty ? writers : field.writers,
                readers: field.readers.isEmpty ? readers : field.readers)
        }
    }

    init(type: String) { self.type = type }

    mutating func add(_ place: FieldPath, _ reason: String) {
        changes.append(
            SchemaChange(type: type, place: place, effect: .additive, reason: reason))
    }

    mutating func breaks(_ place: FieldPath, _ reason: String) {
        changes.append(
            SchemaChange(type: type, place: place, effect: .breaking, reason: reason))
    }

    /// Compares two records; `holding` is what holds from above, now and before.
    mutating func compare(
        _ new: Record, with old: Record, holding: (Holding, Holding), at place: FieldPath
    ) {
        for field in old.fields where new[field.name] == nil {
            breaks(
                place.appending(field.name),
                "the field is gone: what logs hold of it would show no more; leave it, unused")
        }
        for field in new.fields {
            let here = place.appending(field.name)
            guard let before = old[field.name] else {
                add(here, "the field is new")
                continue
            }
            let now = (holding.0.field(field), holding.1.field(before))
            if Set(field.writers) != Set(before.writers) {
                compare(roles: now.0.writers, with: now.1.writers, who: "writers", at: here)
            }
            if Set(field.readers) != Set(before.readers) {
                compare(readers: now.0.readers, with: now.1.readers, at: here)
            }
            if field.adoption != before.adoption {
                let words = [field.adoption, before.adoption].map { $0?.rawValue ?? "not said" }
                add(
                    here,
                    "adopt is \(words[0]), was \(words[1]): holds for adoptions from now on")
            }
            compare(most: field.most, with: before.most, at: here)
            if field.redaction.hidden != before.redaction.hidden {
                let shown = before.redaction.hidden.subtracting(field.redaction.hidden)
                add(
                    here,
                    shown.isEmpty
                        ? "redact hides the values from more roles"
                        : "redact now shows the values to \(Self.names(shown))")
            }
            if field.isReported != before.isReported {
                add(
                    here,
                    field.isReported
                        ? "report lists conflicts here from now on"
                        : "report lists no conflicts here any more")
            }
            if field.compared != before.compared {
                let words = [field.compared, before.compared].map { $0?.string ?? "not said" }
                add(here, "compare is \(words[0]), was \(words[1]): of what is listed only")
            }
            compare(field.rule, with: before.rule, holding: now, at: here)
        }
    }

    private mutating func compare(most new: Int?, with old: Int?, at place: FieldPath) {
        guard new != old else { return }
        let words = [new, old].map { $0.map { "\($0)" } ?? "not said" }
        if new ?? .max > old ?? .max {
            add(place, "most is \(words[0]), was \(words[1]): it allows more")
        } else {
            breaks(
                place,
                "most is \(words[0]), was \(words[1]): what older clients add while apart would be "
                    + "refused for good")
        }
    }

    mutating func compare(
        roles new: [Role], with old: [Role], who: String, at place: FieldPath
    ) {
        let (now, before) = (Self.named(new), Self.named(old))
        let lost = before.subtracting(now)
        if !lost.isEmpty {
            breaks(
                place,
                "\(who): \(Self.names(lost)) may no more; what they wrote while apart would be "
                    + "refused for good")
        } else if now != before {
            add(place, "\(who): \(Self.names(now.subtracting(before))) may as well")
        }
    }

    /// To hide what was shown is never too late: who may see it no more has what it wrote there while
    /// apart refused, and is told.
    mutating func compare(readers new: [Role], with old: [Role], at place: FieldPath) {
        let (now, before) = (Self.named(new), Self.named(old))
        let (lost, won) = (before.subtracting(now), now.subtracting(before))
        if !lost.isEmpty {
            add(place, "readers: hidden from \(Self.names(lost)), who may not write it either")
        }
        if !won.isEmpty { add(place, "readers: \(Self.names(won)) may as well") }
    }

    mutating func compare(_ new: [GuardedCall: [Role]], with old: [GuardedCall: [Role]]) {
        for call in GuardedCall.allCases {
            let (now, before) = (Self.named(new[call] ?? []), Self.named(old[call] ?? []))
            guard now != before else { continue }
            add(
                FieldPath([]),
                "callers of \(call.rawValue): \(Self.names(now)), before \(Self.names(before)): "
                    + "holds for calls from now on")
        }
    }

    private static func named(_ roles: [Role]) -> Set<Role> {
        Set(roles.isEmpty ? Role.allCases : roles)
    }

    private static func names(_ roles: Set<Role>) -> String {
        Role.allCases.filter(roles.contains).map(\.rawValue).joined(separator: ", ")
    }
}

extension Redaction {
    /// The roles that see a mark.
    fileprivate var hidden: Set<Role> { Set(Role.allCases.filter(hides(from:))) }
}
