import BatonCore
import BatonLaws

/// A place at which something can live: a key of a map, or an element of a set.
struct LivingPlace: Hashable, Comparable, CustomStringConvertible {
    let entity: EntityID
    let path: FieldPath
    /// The element; `nil` of a key.
    let element: Value?

    var description: String {
        "\(entity)\(path)" + (element.map { " has \($0.canonicalJSON)" } ?? "")
    }

    static func < (left: LivingPlace, right: LivingPlace) -> Bool {
        left.description < right.description
    }

    /// All places of a state at which something lives.
    static func all(in state: StreamState, _ schemas: SchemaSet) -> Set<LivingPlace> {
        var places: Set<LivingPlace> = []
        for (id, entity) in state.entities {
            guard let schema = schemas[id.type] else { continue }
            collect(entity.root, id, FieldPath([]), .record(schema.root), into: &places)
        }
        return places
    }

    private static func collect(
        _ node: Node, _ entity: EntityID, _ path: FieldPath, _ rule: Rule,
        into places: inout Set<LivingPlace>
    ) {
        switch (node, rule) {
        case (.branch(let children), .record(let record)):
            for (key, child) in children {
                guard let field = record[key] else { continue }
                collect(child, entity, path.appending(key), field.rule, into: &places)
            }
        case (.branch(let children), .map(let below)):
            for (key, child) in children {
                let place = path.appending(key)
                places.insert(LivingPlace(entity: entity, path: place, element: nil))
                collect(child, entity, place, below, into: &places)
            }
        case (.set(let leaf), _):
            for element in leaf.elements.keys {
                places.insert(LivingPlace(entity: entity, path: path, element: element))
            }
        default: break
        }
    }
}

/// What lives after deeds, by definition: what was put somewhere and not taken away by somebody who
/// had seen it. No fold, no order but that within an event.
struct LivingThings {
    /// One operation, where it stands, and the rule at its place.
    fileprivate struct Act {
        let operation: FieldOperation
        let rule: Rule
        let deed: Int
        let number: Int
    }

    /// The places at which something lives.
    private(set) var places: Set<LivingPlace> = []

    /// O(operations²) for each entity.
    init(_ deeds: [LoggedDeed], _ schemas: SchemaSet) {
        var acts: [EntityID: [Act]] = [:]
        for (index, deed) in deeds.enumerated() {
            for (number, operation) in deed.event.operations.enumerated() {
                guard let rule = ReferenceState.rule(for: operation, schemas) else { continue }
                acts[operation.entity, default: []].append(
                    Act(operation: operation, rule: rule, deed: index, number: number))
            }
        }
        for (entity, acts) in acts {
            guard let schema = schemas[entity.type] else { continue }
            let takers = acts.filter(\.takes)
            for act in acts where act.puts {
                let isTaken = takers.contains { taker in
                    guard taker.takesAway(act) else { return false }
                    return taker.deed == act.deed
                        ? taker.number > act.number
                        : deeds[taker.deed].hasSeen(deeds[act.deed])
                }
                if !isTaken { add(act.operation, act.rule, .record(schema.root)) }
            }
        }
    }

    private mutating func add(_ operation: FieldOperation, _ rule: Rule, _ root: Rule) {
        var path = FieldPath([])
        var above = root
        for part in operation.path.components {
            path = path.appending(part)
            switch above {
            case .record(let record): above = record[part]?.rule ?? above
            case .map(let below):
                places.insert(
                    LivingPlace(entity: operation.entity, path: path, element: nil))
                above = below
            default: break
            }
        }
        guard case .set = rule else { return }
        switch operation.action {
        case .add(let element), .keep(let element, _):
            places.insert(
                LivingPlace(entity: operation.entity, path: path, element: element))
        default: break
        }
    }
}

extension LivingThings.Act {
    /// Whether it leaves something behind: a cleared register is a write of nothing.
    fileprivate var puts: Bool {
        switch (rule, operation.action) {
        case (.register, _): return true
        case (_, .remove), (_, .clear): return false
        default: return true
        }
    }

    /// Whether it takes anything away that it does not put there again.
    fileprivate var takes: Bool {
        switch (rule, operation.action) {
        case (.map, _), (.set, .remove), (.set, .clear): return true
        case (.count, .set), (.count, .clear), (.register, .set), (.register, .clear),
            (.workflow, .move):
            return true
        default: return false
        }
    }

    /// Whether it takes away what `other` put, provided that its writer had seen that.
    fileprivate func takesAway(_ other: Self) -> Bool {
        let (path, there) = (operation.path.components, other.operation.path.components)
        // Facts are never taken back.
        if case .log = other.rule { return false }
        switch (rule, operation.action) {
        case (.map, .remove(.text(let key))):
            return there.count > path.count && there[path.count] == key
                && there.starts(with: path)
        case (.map, .clear): return there.count > path.count && there.starts(with: path)
        case _ where path != there: return false
        case (.set, .remove(let element)): return other.element == element
        default: return true
        }
    }

    private var element: Value? {
        switch operation.action {
        case .add(let element), .keep(let element, _): return element
        default: return nil
        }
    }
}
