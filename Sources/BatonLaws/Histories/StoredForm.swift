package import BatonCore

extension StreamState {
    /// The state as it might come back from storage: whatever has no order is turned round.
    package var storedAgain: StreamState {
        StreamState(
            entities: entities.mapValues {
                EntityState(root: $0.root.storedAgain, unknown: $0.unknown)
            }, vector: VersionVector(vector.counters), offset: offset)
    }
}

extension Node {
    fileprivate var storedAgain: Node {
        switch self {
        case .versions(let leaf): return .versions(VersionLeaf(leaf.versions.reversed()))
        case .count(let leaf):
            return .count(
                CountLeaf(bases: leaf.bases.reversed(), increments: leaf.increments.reversed()))
        case .set(let leaf): return .set(SetLeaf(leaf.elements.mapValues { $0.reversed() }))
        case .log(let leaf): return .log(LogLeaf(leaf.facts))
        case .branch(let children): return .branch(children.mapValues(\.storedAgain))
        }
    }
}
