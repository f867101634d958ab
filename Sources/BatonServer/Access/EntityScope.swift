public import BatonCore

/// The entities of a stream that a token covers (specification section 11.2).
public enum EntityScope: Hashable, Sendable {
    /// The token does not speak of entities: all.
    case all
    /// Entities by name; a name that ends with `*` stands for all that start so.
    case named([String])

    /// Whether a name may stand in a token: `type/id`, `type/prefix*`, or `*` alone.
    public static func isValid(_ name: String) -> Bool {
        if name == "*" { return true }
        guard name.hasSuffix("*") else { return (try? EntityID(name)) != nil }
        let prefix = name.dropLast()
        guard prefix.contains("/") else { return false }
        // A prefix is the beginning of some name: one letter more, and it must be one.
        return (try? EntityID(prefix.hasSuffix("/") ? prefix + "0" : String(prefix))) != nil
    }

    /// Whether the scope covers an entity. O(names).
    public func covers(_ entity: EntityID) -> Bool {
        switch self {
        case .all: return true
        case .named(let names):
            let text = entity.description
            return names.contains {
                $0.hasSuffix("*") ? text.hasPrefix($0.dropLast()) : $0 == text
            }
        }
    }

    /// Whether the scope may cover an entity whose name begins so. O(names).
    func coversAny(from beginning: String) -> Bool {
        switch self {
        case .all: return true
        case .named(let names):
            return names.contains { name in
                guard name.hasSuffix("*") else { return name.hasPrefix(beginning) }
                let prefix = name.dropLast()
                return prefix.hasPrefix(beginning) || beginning.hasPrefix(prefix)
            }
        }
    }

    /// Whether there are entities that it does not cover.
    var withholds: Bool {
        switch self {
        case .all: return false
        case .named(let names): return !names.contains("*")
        }
    }

    /// The refusal of an event that touches an entity which the scope does not cover.
    func refusal(of operations: [FieldOperation]) -> Refusal? {
        guard withholds, let outside = operations.first(where: { !covers($0.entity) }) else {
            return nil
        }
        return Refusal(.notPermitted, "the token does not cover \(outside.entity)")
    }
}

extension Principal {
    /// Fails unless the token covers the entity, whether it exists or not.
    func require(_ entity: EntityID) throws(Problem) {
        guard entities.covers(entity) else {
            throw Problem(.forbidden, "the token does not cover \(entity)")
        }
    }

    /// Fails where the token is for some entities only, or came from a hand-off.
    func requireWholeStream(to what: String) throws(Problem) {
        guard entities == .all else {
            throw Problem(.forbidden, "a token for entities does not cover it to \(what)")
        }
    }
}
