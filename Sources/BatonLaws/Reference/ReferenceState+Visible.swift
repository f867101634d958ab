package import BatonCore

extension ReferenceState {
    /// Section 5.5, "Reading": of each group of live writes with one origin the one that stands
    /// for all, if the group is not superseded. By origin.
    static func visible(_ things: [Thing]) -> [Thing] {
        Set(things.map(\.origin)).sorted().compactMap { origin in
            let group = things.filter { $0.origin == origin }
            let place = group.map(\.originPlace).filter { $0 > 0 }.min() ?? 0
            let isSuperseded = things.contains { other in
                let own = things.filter { $0.dot == other.dot }
                return !own.contains { $0.origin == origin }
                    && other.author.covers(origin, at: place)
            }
            if isSuperseded { return nil }
            return group.first { !$0.isKeep } ?? group.min { $0.dot < $1.dot }
        }
    }

    /// The visible write that the rule picks.
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

    /// Section 5.8: the open conflicts, each in a line: place, rule, picked, overruled.
    package var conflicts: [String] {
        live.keys.sorted().flatMap { entity -> [String] in
            let things = (live[entity] ?? []).filter { $0.rule != nil }
            let paths = Set(things.map(\.operation.path)).sorted()
            return paths.compactMap { path in
                let here = things.filter { $0.operation.path == path }
                guard let rule = here.first?.rule,
                    let (name, picked, others) = Self.decision(here, rule)
                else { return nil }
                return Self.line(entity, path, name, [picked] + others)
            }
        }
    }

    private static func decision(
        _ things: [Thing], _ rule: Rule
    ) -> (String, Thing, [Thing])? {
        let name: String
        let sides: [Thing]
        let picked: Thing?
        switch rule {
        case .register(_, .all): return nil
        case .register(_, let pick):
            (name, sides, picked) = ("register \(pick.name)", visible(things), winner(things, rule))
        case .workflow: (name, sides, picked) = ("workflow", visible(things), winner(things, rule))
        case .count(let count):
            (name, sides, picked) = (
                "count \(count.base.rawValue)", bases(things).sorted { $0.dot < $1.dot },
                base(things, count)
            )
        default: return nil
        }
        guard let picked else { return nil }
        let others = sides.filter { $0.value != picked.value }
        return others.isEmpty ? nil : (name, picked, others)
    }

    private static func line(
        _ entity: EntityID, _ path: FieldPath, _ rule: String, _ sides: [Thing]
    ) -> String {
        let texts = sides.map {
            "\($0.origin) \($0.writtenAt) \($0.value?.canonicalJSON ?? "cleared")"
        }
        return "\(entity)\(path) \(rule): \(texts.joined(separator: ", "))"
    }
}

extension Conflict {
    /// The conflict in a line, to compare.
    package var line: String {
        let texts = ([picked] + overruled).map {
            "\($0.dot) \($0.timestamp) \($0.value?.canonicalJSON ?? "cleared")"
        }
        return "\(entity)\(path) \(rule): \(texts.joined(separator: ", "))"
    }
}
