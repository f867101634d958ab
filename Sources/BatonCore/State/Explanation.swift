/// Why a place in an entity holds what it holds: the live writes, and what became of each.
public struct Explanation: Hashable, Sendable {
    /// What a live write does for the value.
    public enum Part: String, Hashable, Sendable {
        /// It is the value, or the base of a count.
        case decides
        /// It counts into the value: an increment, an element, a fact.
        case contributes
        /// Another concurrent write prevails over it.
        case overruled
        /// It only keeps a write alive that its author had seen.
        case keeps
    }

    /// One live write.
    public struct Write: Hashable, Sendable {
        /// The event that holds it.
        public let dot: Dot
        /// What was written; `nil` where the register was cleared.
        public let value: Value?
        /// What it does for the value.
        public let part: Part
    }

    /// The place in the entity.
    public let path: FieldPath
    /// The rule there, such as `register latest` or `count max`.
    public let rule: String
    /// The value; `nil` where nothing is to be seen.
    public let value: Value?
    /// The live writes, by their dots.
    public let writes: [Write]
}

extension StreamState {
    /// The explanation of every place of an entity in which something lives, by path.
    public func explanation(of entity: EntityID, schemas: SchemaSet) -> [Explanation] {
        guard let state = entities[entity], let schema = schemas[entity.type] else { return [] }
        var places: [Explanation] = []
        state.root.explain(rule: .record(schema.root), path: FieldPath([]), into: &places)
        return places.sorted { $0.path < $1.path }
    }
}

extension Node {
    fileprivate func explain(rule: Rule, path: FieldPath, into places: inout [Explanation]) {
        if case .branch(let children) = self {
            for (key, child) in children {
                let below: Rule
                switch rule {
                case .record(let record):
                    guard let field = record[key] else { continue }
                    below = field.rule
                case .map(let value): below = value
                default: continue
                }
                child.explain(rule: below, path: path.appending(key), into: &places)
            }
            return
        }
        places.append(
            Explanation(
                path: path, rule: rule.explainedName, value: value(rule: rule),
                writes: writes(rule: rule).sorted { $0.dot < $1.dot }))
    }

    private func writes(rule: Rule) -> [Explanation.Write] {
        switch (self, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            if case .all = pick { return leaf.writes(winner: nil) }
            return leaf.writes(winner: leaf.winner(by: pick))
        case (.versions(let leaf), .workflow(let workflow)):
            return leaf.writes(winner: leaf.prevailing(in: workflow)?.version)
        case (.count(let leaf), .count(let count)):
            let base = leaf.base(rule: count)
            return leaf.bases.map {
                Explanation.Write(
                    dot: $0.stamp.dot, value: .integer($0.number),
                    part: $0 == base ? .decides : .overruled)
            }
                + leaf.increments.map {
                    Explanation.Write(
                        dot: $0.stamp.dot, value: .integer($0.number), part: .contributes)
                }
        case (.set(let leaf), _):
            return leaf.elements.flatMap { element, supports in
                supports.map {
                    Explanation.Write(dot: $0.dot, value: element, part: .contributes)
                }
            }
        case (.log(let leaf), _):
            return leaf.facts.map {
                Explanation.Write(dot: $0.stamp.dot, value: $0.value, part: .contributes)
            }
        default: return []
        }
    }
}

extension VersionLeaf {
    /// The live writes; all visible ones contribute where there is no winner.
    fileprivate func writes(winner: Version?) -> [Explanation.Write] {
        let visible = Set(visible)
        return versions.map { version in
            let part: Explanation.Part
            if !visible.contains(version) {
                part = .keeps
            } else if let winner {
                part = version == winner || version.value == winner.value ? .decides : .overruled
            } else {
                part = .contributes
            }
            return Explanation.Write(dot: version.stamp.dot, value: version.value, part: part)
        }
    }
}

extension Rule {
    fileprivate var explainedName: String {
        switch self {
        case .register(_, let pick): return "register \(pick.name)"
        case .count(let count): return "count \(count.base.rawValue)"
        default: return name
        }
    }
}
