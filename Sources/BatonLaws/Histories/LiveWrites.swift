package import BatonCore

/// One write that lives in a state: where, by whom, and what it says.
package struct LiveWrite: Hashable, Sendable {
    /// The place, with the entity in front.
    package let place: String
    /// The event that holds it.
    package let dot: Dot
    /// What it says, and as what.
    package let content: String
}

extension StreamState {
    /// All that lives, with no order.
    package var liveWrites: Set<LiveWrite> {
        var writes: Set<LiveWrite> = []
        for (id, entity) in entities {
            entity.root.collect(place: id.description, into: &writes)
            for (number, unknown) in entity.unknown.enumerated() {
                // Equal operations of one event are told apart by their number among those.
                let equal = entity.unknown.prefix(number).filter {
                    $0.stamp.dot == unknown.stamp.dot && $0.operation == unknown.operation
                }
                writes.insert(
                    LiveWrite(
                        place: "\(id)\(unknown.operation.path)", dot: unknown.stamp.dot,
                        content: "unknown \(unknown.operation.action) \(equal.count)"))
            }
        }
        return writes
    }
}

extension Node {
    fileprivate func collect(place: String, into writes: inout Set<LiveWrite>) {
        func insert(_ dot: Dot, _ content: String) {
            writes.insert(LiveWrite(place: place, dot: dot, content: content))
        }
        switch self {
        case .versions(let leaf):
            for version in leaf.versions {
                let keeps = version.origin.map { " keeps \($0.dot)" } ?? ""
                insert(
                    version.stamp.dot, (version.value?.canonicalJSON ?? "cleared") + keeps)
            }
        case .count(let leaf):
            for part in leaf.bases { insert(part.stamp.dot, "base \(part.number)") }
            for part in leaf.increments { insert(part.stamp.dot, "increment \(part.number)") }
        case .set(let leaf):
            for (element, supports) in leaf.elements {
                for support in supports { insert(support.dot, element.canonicalJSON) }
            }
        case .log(let leaf):
            for (number, fact) in leaf.facts.enumerated() {
                let earlier = leaf.facts.prefix(number).filter { $0.stamp.dot == fact.stamp.dot }
                insert(fact.stamp.dot, "fact \(earlier.count) \(fact.value.canonicalJSON)")
            }
        case .branch(let children):
            for (key, child) in children {
                child.collect(place: "\(place)/\(key)", into: &writes)
            }
        }
    }
}
