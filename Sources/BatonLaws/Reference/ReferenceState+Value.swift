package import BatonCore

extension ReferenceState {
    /// The entity's plain value; `nil` where nothing of a known type lives.
    package func value(of entity: EntityID) -> Value? {
        let things = (live[entity] ?? []).filter { $0.rule != nil }
        guard let schema = schemas[entity.type], !things.isEmpty else { return nil }
        return Self.value(things, depth: 0, rule: .record(schema.root))
    }

    private static func value(_ things: [Thing], depth: Int, rule: Rule) -> Value? {
        func below(_ rule: (ExactText) -> Rule?) -> Value {
            var members: [ExactText: Value] = [:]
            for key in Set(things.map { $0.path[depth] }) {
                let inside = things.filter { $0.path[depth] == key }
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

    static func bases(_ things: [Thing]) -> [Thing] { things.filter { !$0.isIncrement } }

    /// The base that counts.
    static func base(_ things: [Thing], _ rule: CountRule) -> Thing? {
        let bases = bases(things)
        switch rule.base {
        case .latest: return bases.max { ($0.time, $0.dot) < ($1.time, $1.dot) }
        case .max:
            return bases.max { ($0.number64, $0.time, $0.dot) < ($1.number64, $1.time, $1.dot) }
        case .min:
            return bases.max { (-$0.number64, $0.time, $0.dot) < (-$1.number64, $1.time, $1.dot) }
        }
    }

    private static func sum(_ things: [Thing], _ rule: CountRule) -> Int64 {
        let start = base(things, rule)?.number64 ?? 0
        let sum = increments(things).reduce(start) { held($0 + $1.number) }
        return max(rule.floor ?? .min, sum)
    }

    /// One number for each event, by dot: its increments add up.
    static func increments(_ things: [Thing]) -> [(dot: Dot, number: Int64)] {
        let added = things.filter(\.isIncrement)
        return Set(added.map(\.dot)).sorted().map { dot in
            let own = added.filter { $0.dot == dot }.sorted { $0.number < $1.number }
            return (dot, own.reduce(0) { held($0 + $1.number64) })
        }
    }

    /// Held within ±(2^53 − 1).
    private static func held(_ number: Int64) -> Int64 {
        let limit: Int64 = 9_007_199_254_740_991
        return max(-limit, min(limit, number))
    }
}
