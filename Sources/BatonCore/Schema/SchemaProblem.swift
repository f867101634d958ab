/// What is wrong with a schema, where, and how to mend it.
public struct SchemaProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The entity type that the schema declares.
    public let type: String
    /// The place in it, with `*` for the keys of a map: `/lines/*/quantity`.
    public let place: FieldPath
    /// What is wrong there and how to mend it.
    public let reason: String

    /// Type, place and reason in one line.
    public var description: String { "\(type)\(place): \(reason)" }
}

extension Schema {
    /// The type by which a stream tells what became of itself (specification section 10.5).
    private static let identityType = "identity"

    /// All that is wrong with the schema, in the order of its fields; empty for a sound one.
    ///
    /// A schema with problems must not be put in force. O(size of the schema).
    public var problems: [SchemaProblem] {
        var check = SchemaCheck(type: type)
        do {
            _ = try EntityID(type: type, id: "any")
        } catch {
            check.report(FieldPath([]), error.description)
        }
        if version < 1 { check.report(FieldPath([]), "version is a number from 1") }
        if type == Self.identityType, Role.allCases.contains(where: hides) {
            check.report(
                FieldPath([]),
                "all roles see this type: by it a device learns that its stream was adopted")
        }
        check.check(rolesOf: "readers", readers, at: FieldPath([]))
        for call in GuardedCall.allCases {
            check.check(
                rolesOf: "callers of \(call.rawValue)", callers[call] ?? [], at: FieldPath([]))
        }
        check.check(root, under: readers, at: FieldPath([]), isInMap: false)
        return check.problems
    }
}

/// Walks through a schema and notes what is wrong.
struct SchemaCheck {
    let type: String
    private(set) var problems: [SchemaProblem] = []

    init(type: String) { self.type = type }

    mutating func report(_ place: FieldPath, _ reason: String) {
        problems.append(SchemaProblem(type: type, place: place, reason: reason))
    }

    mutating func check(
        _ record: Record, under readers: [Role], at place: FieldPath, isInMap: Bool
    ) {
        if record.fields.isEmpty { report(place, "a record has at least one field") }
        var names: Set<ExactText> = []
        for field in record.fields {
            let here = place.appending(field.name)
            if !Self.isFieldName(field.name) {
                report(here, "a field's name is 1 to 63 of A-Z, a-z, 0-9 and _, first a letter")
            }
            if !names.insert(field.name).inserted { report(here, "the name is given twice") }
            if isInMap && !field.writers.isEmpty {
                // Whoever edits one part of an entry must be free to keep all others.
                report(here, "writers are named for a whole map, not for a part of its entries")
            }
            check(rolesOf: "writers", field.writers, at: here)
            let holding = field.readers.isEmpty ? readers : field.readers
            check(readersOf: field, holding, at: here, isInMap: isInMap)
            check(adoptionOf: field, at: here)
            check(mostOf: field, at: here)
            check(field.redaction, at: here)
            check(comparisonOf: field, in: record, at: here)
            check(field.rule, under: holding, at: here, isInMap: isInMap)
        }
    }

    fileprivate mutating func check(rolesOf name: String, _ roles: [Role], at place: FieldPath) {
        if Set(roles).count < roles.count {
            report(place, "a role is named twice among the \(name)")
        }
    }

    private mutating func check(
        readersOf field: Field, _ holding: [Role], at place: FieldPath, isInMap: Bool
    ) {
        check(rolesOf: "readers", field.readers, at: place)
        if isInMap && !field.readers.isEmpty {
            // Whoever edits one part of an entry says all others again.
            report(place, "readers are named for a whole map, not for a part of its entries")
        }
        check(mayRead: field.writers, holding, "the writers", at: place)
        if case .workflow(let workflow) = field.rule {
            for move in workflow.moves {
                check(
                    mayRead: move.roles, holding,
                    "the move from \"\(move.from)\" to \"\(move.to)\"", at: place)
            }
        }
    }

    /// What a role writes says which writes of others it had seen: those of a hidden place it had not.
    private mutating func check(
        mayRead roles: [Role], _ readers: [Role], _ who: String, at place: FieldPath
    ) {
        let blind = roles.filter { !readers.isOpen(to: $0) }
        guard !blind.isEmpty else { return }
        report(
            place,
            "\(who): \(blind.map(\.rawValue).joined(separator: ", ")) may not write what is hidden "
                + "from it: name it among the readers as well, or here neither")
    }

    private mutating func check(adoptionOf field: Field, at place: FieldPath) {
        guard let adoption = field.adoption, adoption != .ignore else { return }
        let fitting = field.rule.adoptions
        if fitting.isEmpty {
            report(place, "adopt: of fields that have fields below, only ignore can be said")
        } else if !fitting.contains(adoption) {
            let names = fitting.map(\.rawValue).joined(separator: ", ")
            report(
                place,
                "adopt: \(adoption.rawValue) does not fit a \(field.rule.name); "
                    + "what fits is \(names)")
        }
    }

    private mutating func check(
        comparisonOf field: Field, in record: Record, at place: FieldPath
    ) {
        guard let name = field.compared else { return }
        guard case .map = field.rule else {
            report(place, "compare: only the keys of a map can be compared")
            return
        }
        guard case .register(_, let pick)? = record[name]?.rule, pick != .all else {
            report(
                place, "compare: \(name) is no register beside it that shows one value: name one")
            return
        }
    }

    private mutating func check(mostOf field: Field, at place: FieldPath) {
        guard let most = field.most else { return }
        switch field.rule {
        case .set, .map, .log:
            if !(1...Self.mostOfAll).contains(most) {
                report(place, "most is a number from 1 to \(Self.mostOfAll)")
            }
        default: report(place, "most does not fit a \(field.rule.name), only a set, map or log")
        }
    }

    private mutating func check(_ redaction: Redaction, at place: FieldPath) {
        guard case .except(let roles) = redaction, Set(roles).count < roles.count else { return }
        report(place, "redact: a role is named twice")
    }

    private mutating func check(
        _ rule: Rule, under readers: [Role], at place: FieldPath, isInMap: Bool
    ) {
        guard place.components.count <= ProtocolLimits.pathDepth else {
            report(place, "fields nest at most \(ProtocolLimits.pathDepth) deep")
            return
        }
        switch rule {
        case .register(let type, let pick):
            check(type, at: place)
            if case .strictest(let order) = pick { check(strictest: order, of: type, at: place) }
        case .count(let count):
            let bounds = ValueType.anyInteger
            if let floor = count.floor, let why = bounds.objection(to: .integer(floor)) {
                report(place, "floor: \(why)")
            }
            check(count.range, at: place)
        case .set(let type): check(type, at: place)
        case .log(let type):
            check(type, at: place)
            if isInMap {
                report(place, "a log may not stand in a map: its facts would outlive their entry")
            }
        case .map(let below):
            check(below, under: readers, at: place.appending(Self.anyKey), isInMap: true)
        case .record(let record):
            check(record, under: readers, at: place, isInMap: isInMap)
        case .workflow(let workflow): check(workflow, at: place, isInMap: isInMap)
        }
    }

    private mutating func check(
        strictest order: [Value], of type: ValueType, at place: FieldPath
    ) {
        if order.isEmpty { report(place, "strictest names at least one value, strictest first") }
        if Set(order).count < order.count { report(place, "strictest names a value twice") }
        for value in order {
            if let why = type.objection(to: value) { report(place, "strictest: \(why)") }
        }
    }

    /// More than an entity of any shop holds; a bound above is none.
    private static let mostOfAll = 1_000_000

    /// Stands for the keys of a map in a place.
    static let anyKey: ExactText = "*"

    private static func isFieldName(_ name: ExactText) -> Bool {
        (try? NameRule.field.check(name.string)) != nil
    }
}
