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
            var index = children.startIndex
            var emptied: [ExactText] = []
            // By index, so that keys below which nothing was seen are not even looked up.
            while index < children.endIndex {
                children.values[index].remove(by: stamp)
                if children.values[index].isEmpty { emptied.append(children.keys[index]) }
                children.formIndex(after: &index)
            }
            for key in emptied { children[key] = nil }
            self = .branch(children)
        }
    }
}
