/// The live state at one place of an entity.
public enum Node: Hashable, Sendable {
    /// Of a register or a workflow.
    case versions(VersionLeaf)
    /// Of a count.
    case count(CountLeaf)
    /// Of a set.
    case set(SetLeaf)
    /// Of a log.
    case log(LogLeaf)
    /// Of a record (by field) or a map (by key); never with an empty node below.
    case branch([ExactText: Node])

    /// Whether nothing lives here; such a node is removed.
    var isEmpty: Bool {
        switch self {
        case .versions(let leaf): return leaf.isEmpty
        case .count(let leaf): return leaf.isEmpty
        case .set(let leaf): return leaf.isEmpty
        case .log(let leaf): return leaf.isEmpty
        case .branch(let children): return children.isEmpty
        }
    }

    /// Removes all that `stamp`'s writer had seen, here and below. Facts of a log stay.
    mutating func remove(by stamp: Stamp) {
        // Each is moved out and back, so that it is changed in place and not copied.
        switch self {
        case .versions(var leaf):
            self = .branch([:])
            leaf.remove(by: stamp)
            self = .versions(leaf)
        case .count(var leaf):
            self = .branch([:])
            leaf.remove(by: stamp)
            self = .count(leaf)
        case .set(var leaf):
            self = .branch([:])
            leaf.removeAll(by: stamp)
            self = .set(leaf)
        case .log: break
        case .branch(var children):
            self = .branch([:])
            for key in Array(children.keys) {
                children[key]?.remove(by: stamp)
                if children[key]?.isEmpty == true { children[key] = nil }
            }
            self = .branch(children)
        }
    }
}
