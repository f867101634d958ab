import BatonCore

/// What becomes of a field's rule: a type of the SDK, and at most one type that has to be written.
struct FieldForm {
    /// A type that the field needs.
    enum Need {
        case record(Record)
        case values([ExactText])
        case states([ExactText])
    }

    /// The type's text: `RegisterField<Money>`.
    let type: String
    /// The type to be written, and what it is called.
    let need: (name: String, what: Need)?

    /// The form of a rule; what has to be written is called `name`.
    init(_ rule: Rule, named name: String) {
        switch rule {
        case .register(let content, .all): self.init("ManyField", of: content, named: name)
        case .register(let content, _): self.init("RegisterField", of: content, named: name)
        case .count: self.init(type: "CountField", need: nil)
        case .set(let content): self.init("SetField", of: content, named: name)
        case .log(let content): self.init("LogField", of: content, named: name)
        case .map(let below):
            let entry = FieldForm(below, named: name + "Entry")
            self.init(type: "MapField<\(entry.type)>", need: entry.need)
        case .record(let record): self.init(type: name, need: (name, .record(record)))
        case .workflow(let workflow):
            self.init(
                type: "WorkflowField<\(name)>", need: (name, .states(workflow.precedence)))
        }
    }

    private init(type: String, need: (name: String, what: Need)?) {
        self.type = type
        self.need = need
    }

    private init(_ field: String, of content: ValueType, named name: String) {
        if case .enumeration(let values) = content {
            self.init(type: "\(field)<\(name)>", need: (name, .values(values)))
        } else {
            self.init(type: "\(field)<\(Self.swiftType(of: content))>", need: nil)
        }
    }

    private static func swiftType(of content: ValueType) -> String {
        switch content {
        case .text, .enumeration: return "String"
        case .integer: return "Int64"
        case .boolean: return "Bool"
        case .money: return "Money"
        case .instant: return "Instant"
        case .reference: return "AssetReference"
        }
    }
}

extension Field {
    /// A sentence or two on the field, for its documentation.
    var words: String {
        let roles = writers.map(\.rawValue).joined(separator: ", ")
        return rule.words + (roles.isEmpty ? "" : " Written by: \(roles).")
    }
}

extension Rule {
    fileprivate var words: String {
        switch self {
        case .register(let content, let pick):
            return "A register (\(content.name)); of concurrent writes \(pick.words)."
        case .count: return "A count; what all devices add adds up."
        case .set(let content): return "A set (\(content.name))."
        case .log(let content): return "A log (\(content.name))."
        case .map: return "A map."
        case .record: return "A group of fields."
        case .workflow: return "A workflow."
        }
    }
}

extension Pick {
    fileprivate var words: String {
        switch self {
        case .latest: return "the latest stands"
        case .max: return "the greatest stands"
        case .min: return "the least stands"
        case .strictest: return "the strictest stands"
        case .all: return "all stand"
        }
    }
}
