package import BatonCore

extension Schema {
    /// The schema as the value of its document, defaults written out.
    package var document: Value {
        var members: [ExactText: Value] = [
            "type": .string(type), "version": .integer(Int64(version)),
            "adopt": .string(adoption.rawValue), "fields": root.documentFields,
        ]
        if !readers.isEmpty { members["readers"] = Role.document(of: readers) }
        if !callers.isEmpty {
            members["callers"] = .object(
                Dictionary(
                    uniqueKeysWithValues: callers.map {
                        (ExactText($0.rawValue), Role.document(of: $1))
                    }))
        }
        return .object(members)
    }
}

extension Record {
    fileprivate var documentFields: Value {
        .list(
            fields.map { field in
                var members = field.rule.document
                members["name"] = .text(field.name)
                if !field.writers.isEmpty { members["writers"] = Role.document(of: field.writers) }
                if !field.readers.isEmpty { members["readers"] = Role.document(of: field.readers) }
                if let most = field.most { members["most"] = .integer(Int64(most)) }
                if let adoption = field.adoption { members["adopt"] = .string(adoption.rawValue) }
                if let redaction = field.redaction.document { members["redact"] = redaction }
                if !field.isReported { members["report"] = .boolean(false) }
                if let compared = field.compared { members["compare"] = .text(compared) }
                return .object(members)
            })
    }
}

extension Redaction {
    fileprivate var document: Value? {
        switch self {
        case .none: return nil
        case .except([]): return .boolean(true)
        case .except(let roles): return .object(["except": Role.document(of: roles)])
        }
    }
}

extension Rule {
    fileprivate var document: [ExactText: Value] {
        var members: [ExactText: Value]
        switch self {
        case .register(let type, let pick):
            members = type.document
            members["pick"] = .string(pick.name)
            if case .strictest(let order) = pick { members["order"] = .list(order) }
        case .count(let count):
            members = ["base": .string(count.base.rawValue)]
            if let floor = count.floor { members["floor"] = .integer(floor) }
            members.merge(count.range.bounds) { $1 }
        case .set(let type), .log(let type): members = type.document
        case .map(let below): members = ["entries": .object(below.document)]
        case .record(let record): members = ["fields": record.documentFields]
        case .workflow(let workflow):
            members = [
                "precedence": .list(workflow.precedence.map { .text($0) }),
                "moves": .list(workflow.moves.map(\.document)),
            ]
        }
        members["rule"] = .string(name)
        return members
    }
}

extension ValueType {
    fileprivate var document: [ExactText: Value] {
        var members: [ExactText: Value] = ["type": .string(name)]
        switch self {
        case .text(let longest): members["longest"] = .integer(Int64(longest))
        case .integer(let range):
            members["least"] = .integer(range.lowerBound)
            members["greatest"] = .integer(range.upperBound)
        case .enumeration(let values): members["values"] = .list(values.map { .text($0) })
        case .reference(let media):
            if !media.isEmpty { members["media"] = .list(media.map { .text($0) }) }
        case .money(let range):
            members.merge(range.amounts.bounds) { $1 }
            if !range.currencies.isEmpty {
                members["currencies"] = .list(range.currencies.map { .text($0) })
            }
        case .boolean, .instant: break
        }
        return members
    }
}

extension ClosedRange<Int64> {
    /// The bounds that say something. What allows all is left out, so that readers who know no
    /// bounds of counts and money can read what has none.
    fileprivate var bounds: [ExactText: Value] {
        var members: [ExactText: Value] = [:]
        let all = CountRule.anyNumber
        if lowerBound != all.lowerBound { members["least"] = .integer(lowerBound) }
        if upperBound != all.upperBound { members["greatest"] = .integer(upperBound) }
        return members
    }
}

extension Workflow.Move {
    fileprivate var document: Value {
        var members: [ExactText: Value] = ["from": .text(from), "to": .text(to)]
        if !roles.isEmpty { members["roles"] = Role.document(of: roles) }
        return .object(members)
    }
}

extension Role {
    fileprivate static func document(of roles: [Role]) -> Value {
        .list(roles.map { .string($0.rawValue) })
    }
}
