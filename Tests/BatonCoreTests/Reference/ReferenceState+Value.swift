import BatonCore

extension ReferenceState {
    /// The entity's plain value; `nil` where nothing of a known type lives.
    func value(of entity: EntityID) -> Value? {
        let things = live.filter { $0.operation.entity == entity && $0.rule != nil }
        guard let schema = schemas[entity.type], !things.isEmpty else { return nil }
        return Self.value(things, depth: 0, rule: .record(schema.root))
    }

    private static func value(_ things: [Thing], depth: Int, rule: Rule) -> Value? {
        func below(_ rule: (ExactText) -> Rule?) -> Value {
            var members: [ExactText: Value] = [:]
            for key in Set(things.map { $0.operation.path.components[depth] }) {
                let inside = things.filter { $0.operation.path.components[depth] == key }
                if let rule = rule(key) {
                    members[key] = value(inside, depth: depth + 1, rule: rule)
                }
            }
            return .object(members)
        }
        switch rule {
        case .record(let record): return below { name in record[name]?.rule }
        case .map(let rule): return below { _ in rule }
        case .set: return .list(Set(things.compactMap(\.value)).sorted())
        case .log: return .list(inTime(things).compactMap(\.value))
        case .count(let count): return .integer(sum(things, count))
        case .register(_, .all):
            let values = Set(visible(things).compactMap(\.value)).sorted()
            return values.isEmpty ? nil : .list(values)
        case .register, .workflow: return winner(things, rule)?.value
        }
    }

    static func inTime(_ things: [Thing]) -> [Thing] {
        things.sorted { ($0.time, $0.dot, $0.number) < ($1.time, $1.dot, $1.number) }
    }

    private static func sum(_ things: [Thing], _ rule: CountRule) -> Int64 {
        let bases = bases(things)
        let base: Thing?
        switch rule.base {
        case .latest: base = bases.max { ($0.time, $0.dot) < ($1.time, $1.dot) }
        case .max:
            base = bases.max { ($0.number64, $0.time, $0.dot) < ($1.number64, $1.time, $1.dot) }
        case .min:
            base = bases.max { (-$0.number64, $0.time, $0.dot) < (-$1.number64, $1.time, $1.dot) }
        }
        let added = things.filter(\.isIncrement).map(\.number64).reduce(0, +)
        return max(rule.floor ?? .min, (base?.number64 ?? 0) + added)
    }

    static func bases(_ things: [Thing]) -> [Thing] { things.filter { !$0.isIncrement } }

    /// One thing for each origin, without those that the author of another live thing at this
    /// place had seen and neither wrote nor kept.
    static func visible(_ things: [Thing]) -> [Thing] {
        let origins = Set(things.map(\.origin))
        let standing = origins.filter { origin in
            !things.contains { other in
                let said = things.filter { $0.dot == other.dot }.map(\.origin)
                return !said.contains(origin) && other.author.hasSeen(origin)
            }
        }
        return standing.compactMap { origin in
            let supports = things.filter { $0.origin == origin }
            return supports.first { !$0.isKeep } ?? supports.min { $0.dot < $1.dot }
        }
    }

    static func winner(_ things: [Thing], _ rule: Rule) -> Thing? {
        let visible = visible(things).sorted {
            ($0.writtenAt, $0.origin) < ($1.writtenAt, $1.origin)
        }
        let written = visible.filter { $0.value != nil }
        // Of equals the newest, which is the last.
        func last(_ isBetter: (Value, Value) -> Bool) -> Thing? {
            written.reduce(visible.last) { best, next in
                guard let old = best?.value, let new = next.value else { return next }
                return isBetter(old, new) ? best : next
            }
        }
        switch rule {
        case .register(_, .max): return last { $0 > $1 }
        case .register(_, .min): return last { $0 < $1 }
        case .register(_, .strictest(let order)):
            let place = { (value: Value) in order.firstIndex(of: value) ?? order.count }
            return last { place($0) < place($1) }
        case .workflow(let workflow):
            let strength = { (value: Value) in
                workflow.precedence.firstIndex(of: ExactText(value.string ?? "")) ?? -1
            }
            return last { strength($0) > strength($1) }
        default: return visible.last
        }
    }
}

extension ReferenceState.Thing {
    var isIncrement: Bool {
        if case .add = operation.action { return true }
        return false
    }
    var number64: Int64 { value?.integer ?? 0 }
}
