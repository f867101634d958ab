extension Node {
    /// The place's value as plain JSON; `nil` where nothing is to be seen.
    public func value(rule: Rule) -> Value? {
        switch (self, rule) {
        case (.versions(let leaf), .register(_, let pick)): return leaf.picked(by: pick)?.value
        case (.versions(let leaf), .workflow(let workflow)):
            return leaf.prevailing(in: workflow)?.value
        case (.count(let leaf), .count(let count)): return .integer(leaf.number(rule: count))
        case (.set(let leaf), .set): return .list(leaf.elements.keys.sorted())
        case (.log(let leaf), .log): return .list(leaf.facts.map(\.value))
        case (.branch(let children), .record(let record)):
            var members: [ExactText: Value] = [:]
            for (name, child) in children {
                if let field = record[name], let value = child.value(rule: field.rule) {
                    members[name] = value
                }
            }
            return .object(members)
        case (.branch(let children), .map(let below)):
            return .object(children.compactMapValues { $0.value(rule: below) })
        default: return nil
        }
    }
}

extension VersionLeaf {
    /// The write that is the register's value; `nil` where the register is cleared. With
    /// ``Pick/all`` the value is the list of all of them.
    func picked(by pick: Pick) -> (value: Value, version: Version)? {
        let visible = visible
        guard let version = Self.winner(of: visible, by: pick) else { return nil }
        if case .all = pick {
            let values = Set(visible.compactMap(\.value)).sorted()
            return values.isEmpty ? nil : (.list(values), version)
        }
        return version.value.map { ($0, version) }
    }

    /// The state of a workflow: the visible move whose target prevails.
    func prevailing(in workflow: Workflow) -> (value: Value, version: Version)? {
        Self.prevailing(of: visible, in: workflow)
    }

    /// The move that prevails of these, which are visible.
    static func prevailing(
        of visible: [Version], in workflow: Workflow
    ) -> (value: Value, version: Version)? {
        let winner = visible.max { left, right in
            let strengths = (left.strength(in: workflow), right.strength(in: workflow))
            return strengths.0 != strengths.1
                ? strengths.0 < strengths.1 : left.isOlder(than: right)
        }
        guard let winner, let value = winner.value else { return nil }
        return (value, winner)
    }

    /// The visible write that `pick` chooses, cleared or not; `nil` where none lives.
    func winner(by pick: Pick) -> Version? { Self.winner(of: visible, by: pick) }

    /// The write that `pick` chooses of these, which are visible.
    static func winner(of visible: [Version], by pick: Pick) -> Version? {
        visible.max { left, right in
            let ranks: (Value?, Value?)
            switch pick {
            case .latest, .all: return left.isOlder(than: right)
            case .max: ranks = (left.value, right.value)
            case .min: ranks = (right.value, left.value)
            case .strictest(let order):
                // A lower place is stricter; a cleared register is the least strict of all.
                let places = (
                    place(of: left.value, in: order), place(of: right.value, in: order)
                )
                if places.0 != places.1 { return places.0 > places.1 }
                return left.isOlder(than: right)
            }
            guard let first = ranks.0, let second = ranks.1, first != second else {
                // A cleared register loses to any value.
                if (left.value == nil) != (right.value == nil) { return left.value == nil }
                return left.isOlder(than: right)
            }
            return first < second
        }
    }

    private static func place(of value: Value?, in order: [Value]) -> Int {
        guard let value else { return order.count + 1 }
        return order.firstIndex(of: value) ?? order.count
    }
}

extension VersionLeaf.Version {
    /// The order of `latest`: timestamp, then replica id, then counter, of the original write.
    func isOlder(than other: VersionLeaf.Version) -> Bool {
        writtenAt != other.writtenAt ? writtenAt < other.writtenAt : originDot < other.originDot
    }

    fileprivate func strength(in workflow: Workflow) -> Int {
        guard case .text(let state)? = value else { return -1 }
        return workflow.strength(of: state)
    }
}

extension CountLeaf {
    /// The base that was picked; `nil` where none lives.
    func base(rule: CountRule) -> Part? {
        bases.max { left, right in
            switch rule.base {
            case .max where left.number != right.number: return left.number < right.number
            case .min where left.number != right.number: return left.number > right.number
            default:
                return left.stamp.timestamp != right.stamp.timestamp
                    ? left.stamp.timestamp < right.stamp.timestamp
                    : left.stamp.dot < right.stamp.dot
            }
        }
    }

    /// The picked base plus the live increments, not below the floor.
    func number(rule: CountRule) -> Int64 {
        // Summed in the order of dots: held within limits, the sum could depend on the order.
        let sum = increments.sorted { $0.stamp.dot < $1.stamp.dot }
            .reduce(base(rule: rule)?.number ?? 0) { $0.addingWithinLimits($1.number) }
        return rule.floor.map { max($0, sum) } ?? sum
    }
}

extension StreamState {
    /// The entity as plain JSON; `nil` where nothing lives or its type is not known.
    public func value(of entity: EntityID, schemas: SchemaSet) -> Value? {
        guard let state = entities[entity], let schema = schemas[entity.type],
            !state.root.isEmpty
        else { return nil }
        return state.root.value(rule: .record(schema.root))
    }
}
