/// What concurrency decided at one place: open until a later write covers it.
public struct Conflict: Hashable, Sendable {
    /// One of the concurrent writes.
    public struct Side: Hashable, Sendable {
        /// The event that wrote it.
        public let dot: Dot
        /// When it was written.
        public let timestamp: Timestamp
        /// What was written; `nil` where the register was cleared.
        public let value: Value?
    }

    /// The entity in which it lies.
    public let entity: EntityID
    /// The place in the entity.
    public let path: FieldPath
    /// The merge rule and how it picked: `register latest`, `count max`, `workflow`; `map` of a key
    /// that some of those who wrote the map lack: to them it has no value, to the others its name.
    public let rule: String
    /// The write that prevailed.
    public let picked: Side
    /// Those that were overruled, by their dots.
    public let overruled: [Side]
}

extension Conflict {
    /// Sides that the conflicts of one map name before no further key is told of: with n keys of n writers there
    /// would be n². The keys go first that stand first (specification section 5.8).
    static let mostSidesOfMap = 100_000
}

extension StreamState {
    /// The open conflicts of all entities, by entity and path.
    public func conflicts(schemas: SchemaSet) -> [Conflict] {
        entities.keys.sorted().flatMap { conflicts(of: $0, schemas: schemas) }
    }

    /// The open conflicts of one entity, by path.
    public func conflicts(of entity: EntityID, schemas: SchemaSet) -> [Conflict] {
        guard let state = entities[entity], let schema = schemas[entity.type] else { return [] }
        var conflicts: [Conflict] = []
        state.root.collectConflicts(
            rule: .record(schema.root), entity: entity, path: FieldPath([]), into: &conflicts)
        return conflicts.sorted { $0.path < $1.path }
    }
}

extension Node {
    fileprivate func collectConflicts(
        rule: Rule, entity: EntityID, path: FieldPath, into conflicts: inout [Conflict]
    ) {
        switch (self, rule) {
        case (.branch(let children), .record(let record)):
            for (name, child) in children {
                guard let field = record[name], field.isReported else { continue }
                let here = path.appending(name)
                child.collectConflicts(
                    rule: field.rule, entity: entity, path: here, into: &conflicts)
                if let compared = field.compared, case .versions(let leaf)? = children[compared] {
                    conflicts += child.missingKeys(comparedBy: leaf, entity: entity, path: here)
                }
            }
        case (.branch(let children), .map(let below)):
            for (key, child) in children {
                child.collectConflicts(
                    rule: below, entity: entity, path: path.appending(key), into: &conflicts)
            }
        default:
            guard let (name, picked, overruled) = decision(rule: rule) else { return }
            conflicts.append(
                Conflict(
                    entity: entity, path: path, rule: name, picked: picked, overruled: overruled))
        }
    }

    /// The rule that decided, the winner and the others; `nil` where all live writes agree.
    private func decision(rule: Rule) -> (String, Conflict.Side, [Conflict.Side])? {
        switch (self, rule) {
        case (.versions(let leaf), .register(_, let pick)):
            // A register that shows all of its values overrules none.
            if case .all = pick { return nil }
            return leaf.decision("register \(pick.name)") { VersionLeaf.winner(of: $0, by: pick) }
        case (.versions(let leaf), .workflow(let workflow)):
            return leaf.decision("workflow") {
                VersionLeaf.prevailing(of: $0, in: workflow)?.version
            }
        case (.count(let leaf), .count(let count)):
            guard let picked = leaf.base(rule: count) else { return nil }
            let others = leaf.bases.filter { $0.number != picked.number }
            return others.isEmpty
                ? nil
                : (
                    "count \(count.base.rawValue)", picked.side,
                    others.map(\.side).sorted { $0.dot < $1.dot }
                )
        default: return nil
        }
    }
}

extension Node {
    /// The keys of a map that some lack of those who wrote it as a whole, without having seen one
    /// another: the writes of `leaf`. Open until one who has seen them all writes below the key.
    /// O(live writes below the map, and what they had seen beyond the log, × log n), and what is told
    /// of: a conflict names all who lack the key, and in all no more than ``Conflict/mostSidesOfMap`` and
    /// those of one key are named.
    fileprivate func missingKeys(
        comparedBy leaf: VersionLeaf, entity: EntityID, path: FieldPath
    ) -> [Conflict] {
        let writers = MapWriters(leaf.visible)
        guard writers.count > 1, case .branch(let keys) = self else { return [] }
        var conflicts: [Conflict] = []
        var named = 0
        for (key, node) in keys.sorted(by: { $0.key < $1.key }) {
            guard named < Conflict.mostSidesOfMap else { break }
            var authors: [Dot: Stamp] = [:]
            var written: Set<Dot> = []
            node.visitWrites { origin, stamp in
                written.insert(origin)
                authors[stamp.dot] = stamp
            }
            let having = written.compactMap { writers[$0] }
            guard !having.isEmpty, having.count < writers.count,
                !authors.values.contains(where: { $0.hasSeenAll(of: writers) }),
                let picked = having.max(by: { $0.isOlder(than: $1) })
            else { continue }
            let lacking = writers.all.filter { !written.contains($0.originDot) }
            named += lacking.count
            conflicts.append(
                Conflict(
                    entity: entity, path: path.appending(key), rule: "map",
                    picked: picked.side(of: .text(key)),
                    overruled: lacking.map { $0.side(of: nil) }))
        }
        return conflicts
    }

    /// Hands in every live write, here and below, with the event that first wrote it.
    private func visitWrites(_ visit: (_ origin: Dot, _ stamp: Stamp) -> Void) {
        switch self {
        case .versions(let leaf):
            for version in leaf.versions { visit(version.originDot, version.stamp) }
        case .count(let leaf):
            for part in leaf.bases + leaf.increments { visit(part.stamp.dot, part.stamp) }
        case .set(let leaf):
            for stamp in leaf.elements.values.joined() { visit(stamp.dot, stamp) }
        case .log(let leaf):
            for fact in leaf.facts { visit(fact.stamp.dot, fact.stamp) }
        case .branch(let children):
            for child in children.values { child.visitWrites(visit) }
        }
    }
}

/// Those who wrote a map as a whole, so that one of them is found, and what all had seen compared,
/// without a look at each.
private struct MapWriters {
    /// All of them, by their origins.
    let all: [VersionLeaf.Version]
    private let byOrigin: [Dot: Int]
    /// By replica, the one that stands last in the log first.
    private let replicas: [Replica]

    /// One replica's writes, from the last in the log to the first.
    private struct Replica {
        let id: ReplicaID
        /// Where each stands, and the highest counter of those from there on. What has no place known
        /// stands behind all.
        private(set) var writes: [(place: UInt64, highest: Counter)] = []

        init(id: ReplicaID) { self.id = id }

        mutating func add(place: UInt64, counter: Counter) {
            writes.append((place, max(counter, writes.last?.highest ?? .none)))
        }

        /// The highest counter of the writes that stand behind `seen`. O(log n).
        func highest(after seen: Offset) -> Counter? {
            var (low, high) = (0, writes.count)
            while low < high {
                let middle = (low + high) / 2
                if writes[middle].place > seen.rawValue { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : writes[low - 1].highest
        }
    }

    init(_ visible: [VersionLeaf.Version]) {
        all = visible
        var byOrigin: [Dot: Int] = [:]
        var replicas: [ReplicaID: Replica] = [:]
        let places = visible.indices.map { index in
            let offset = visible[index].originOffset
            return (place: offset == .start ? UInt64.max : offset.rawValue, index: index)
        }
        for (place, index) in places.sorted(by: { $0.place > $1.place }) {
            let origin = visible[index].originDot
            byOrigin[origin] = index
            replicas[origin.replica, default: Replica(id: origin.replica)]
                .add(place: place, counter: origin.counter)
        }
        self.byOrigin = byOrigin
        self.replicas = replicas.values.sorted {
            ($0.writes.first?.place ?? 0) > ($1.writes.first?.place ?? 0)
        }
    }

    var count: Int { all.count }

    /// The write of `origin`; `nil` where there is none.
    subscript(origin: Dot) -> VersionLeaf.Version? { byOrigin[origin].map { all[$0] } }

    /// Whether `context` covers all of them. O(log n) for each replica of which it names events.
    func areSeen(in context: Context) -> Bool {
        for replica in replicas {
            // All that follow stand before this one's, and have been seen.
            guard let highest = replica.highest(after: context.seen) else { return true }
            guard context.covers(Dot(replica.id, highest), at: .start) else { return false }
        }
        return true
    }
}

extension Stamp {
    fileprivate func hasSeenAll(of writers: MapWriters) -> Bool { writers.areSeen(in: context) }
}

extension VersionLeaf {
    fileprivate func decision(
        _ rule: String, picking pick: ([Version]) -> Version?
    ) -> (String, Conflict.Side, [Conflict.Side])? {
        let visible = visible
        guard visible.count > 1, let winner = pick(visible) else { return nil }
        let others = visible.filter { $0.value != winner.value }
        return others.isEmpty
            ? nil : (rule, winner.side, others.map(\.side).sorted { $0.dot < $1.dot })
    }
}

extension VersionLeaf.Version {
    fileprivate var side: Conflict.Side { side(of: value) }

    fileprivate func side(of value: Value?) -> Conflict.Side {
        Conflict.Side(dot: originDot, timestamp: writtenAt, value: value)
    }
}

extension CountLeaf.Part {
    fileprivate var side: Conflict.Side {
        Conflict.Side(dot: stamp.dot, timestamp: stamp.timestamp, value: .integer(number))
    }
}

extension Pick {
    /// The pick's name in a schema document and in conflicts.
    public var name: String {
        switch self {
        case .latest: return "latest"
        case .max: return "max"
        case .min: return "min"
        case .strictest: return "strictest"
        case .all: return "all"
        }
    }
}
