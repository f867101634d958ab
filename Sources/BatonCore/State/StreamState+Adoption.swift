extension StreamState {
    /// What is to be written into this stream so that it adopts `source`, in groups that go into one
    /// event where it has room for them: an entity's fields outside of maps, one entry of a map, or what
    /// of an entity cannot be interpreted (specification section 10.5).
    ///
    /// A group may be larger than any event. Its operations are each of another place, but for the moves
    /// of a workflow, so that several events of `writer`, of which each has seen those before it, say the same.
    ///
    /// The operations are those that a device would have written, so that every replica merges them
    /// by the rules that it knows. `apart` gives the id of an entity that stays an entity of its
    /// own. What merely kept, or was overruled, in `source` stays there. `writer` is the replica that writes
    /// it: what of it lives here since an earlier adoption is not brought again. O(live size of `source`).
    public func adopting(
        _ source: StreamState, by writer: ReplicaID, schemas: SchemaSet,
        apart: (EntityID) -> EntityID
    ) -> [[FieldOperation]] {
        var groups: [[FieldOperation]] = []
        for (id, entity) in source.entities.sorted(by: { $0.key < $1.key }) {
            let schema = schemas[id.type]
            var target = id
            switch schema?.adoption ?? .merge {
            case .ignore: continue
            case .apart: target = apart(id)
            case .merge: break
            }
            if let schema {
                var adoption = EntityAdoptionWriter(entity: target, writer: writer)
                let place = schema.place(at: FieldPath([]))
                adoption.adopt(
                    entity.root, onto: entities[target]?.root, place: place, path: FieldPath([]))
                groups += adoption.groups(by: schema)
            }
            // What cannot be interpreted here is passed on as it came. Of an entity that stays apart
            // it stays behind: its bytes name the entity that it is of.
            guard target == id else { continue }
            let brought = entities[id]?.unknown.filter { $0.stamp.dot.replica == writer } ?? []
            let unknown = entity.unknown.map(\.operation).without(brought.map(\.operation))
            if !unknown.isEmpty { groups.append(unknown) }
        }
        return groups
    }
}

/// Collects what adoption writes into one entity.
private struct EntityAdoptionWriter {
    let entity: EntityID
    let writer: ReplicaID
    private var operations: [FieldOperation] = []

    init(entity: EntityID, writer: ReplicaID) {
        self.entity = entity
        self.writer = writer
    }

    /// What belongs to one map entry goes together, and so does what belongs to none.
    func groups(by schema: Schema) -> [[FieldOperation]] {
        var places: [FieldPath] = []
        var groups: [FieldPath: [FieldOperation]] = [:]
        for operation in operations {
            let place = schema.entry(of: operation.path) ?? FieldPath([])
            if groups[place] == nil { places.append(place) }
            groups[place, default: []].append(operation)
        }
        return places.compactMap { groups[$0] }
    }

    /// Brings `node` over, onto what lives at the same place of the adopting entity.
    mutating func adopt(_ node: Node, onto own: Node?, place: Schema.Place?, path: FieldPath) {
        guard let place, place.adoption != .ignore else { return }
        switch (node, place.rule) {
        case (.branch(let children), .record), (.branch(let children), .map):
            for (key, child) in children.sorted(by: { $0.key < $1.key }) {
                adopt(
                    child, onto: own?.node(at: FieldPath([key])), place: place.below(key),
                    path: path.appending(key))
            }
        default:
            guard let adoption = place.rule.adoption(named: place.adoption) else { return }
            for action in actions(
                adopting: node, onto: own, rule: place.rule, as: adoption)
            {
                operations.append(FieldOperation(entity, path, action))
            }
        }
    }

    private func actions(
        adopting node: Node, onto own: Node?, rule: Rule, as adoption: Adoption
    ) -> [Action] {
        let ownValue = own?.value(rule: rule)
        switch (node, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            // Of a register that shows all of its values one write can hold but one: the latest.
            guard let value = leaf.winner(by: pick)?.value, value != ownValue,
                adoption == .replace || ownValue == nil
            else { return [] }
            return [.set(value)]
        case (.versions(let leaf), .workflow(let workflow)):
            guard ownValue == nil, case .text(let state)? = leaf.prevailing(in: workflow)?.value
            else { return [] }
            return workflow.way(to: state).map { .move(from: $0.from, to: $0.to) }
        case (.count(let leaf), .count(let count)):
            var number = leaf.number(rule: count)
            // As an increment, so that what the customer adds meanwhile is not overruled.
            if adoption == .max {
                number = max(0, number.addingWithinLimits(-(ownValue?.integer ?? 0)))
            } else if case .count(let ownLeaf)? = own {
                number = number.addingWithinLimits(-ownLeaf.brought(by: writer))
            }
            return number == 0 ? [] : [.add(.integer(number))]
        case (.set(let leaf), .set):
            guard case .set(let ownLeaf)? = own else {
                return leaf.elements.keys.sorted().map { .add($0) }
            }
            return leaf.elements.keys.filter { ownLeaf.elements[$0] == nil }.sorted()
                .map { .add($0) }
        case (.log(let leaf), .log):
            guard case .log(let ownLeaf)? = own else { return leaf.facts.map { .append($0.value) } }
            let brought = ownLeaf.facts.filter { $0.stamp.dot.replica == writer }
            return leaf.facts.map(\.value).without(brought.map(\.value)).map { .append($0) }
        default: return []
        }
    }
}

extension CountLeaf {
    /// What the live increments of `writer` add up to.
    fileprivate func brought(by writer: ReplicaID) -> Int64 {
        increments.filter { $0.stamp.dot.replica == writer }
            .reduce(0) { $0.addingWithinLimits($1.number) }
    }
}

extension Array where Element: Hashable {
    /// The elements without those of `others`, each of which takes away one. O(n).
    fileprivate func without(_ others: [Element]) -> [Element] {
        var left: [Element: Int] = [:]
        for other in others { left[other, default: 0] += 1 }
        return filter { element in
            guard let count = left[element], count > 0 else { return true }
            left[element] = count - 1
            return false
        }
    }
}

extension Schema.Place {
    /// The place of a field or key below this one; `nil` where there is none.
    fileprivate func below(_ key: ExactText) -> Schema.Place? {
        switch rule {
        case .record(let record): return record[key].map(field)
        case .map(let below): return entry(below)
        default: return nil
        }
    }
}

extension Workflow {
    /// The shortest way of declared moves from the beginning to `state`, in one event one move; of
    /// ways as short, the first by declaration. One move where the schema knows no way.
    fileprivate func way(to state: ExactText) -> [Move] {
        var ways: [ExactText: [Move]] = ["": []]
        var reached: [ExactText] = [""]
        var index = 0
        while index < reached.count {
            let from = reached[index]
            index += 1
            for move in moves where move.from == from && ways[move.to] == nil {
                ways[move.to] = (ways[from] ?? []) + [move]
                reached.append(move.to)
            }
        }
        return ways[state] ?? [Move("", state)]
    }
}
