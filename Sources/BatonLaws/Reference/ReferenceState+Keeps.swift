package import BatonCore

extension ReferenceState {
    /// Section 5.5, "Writing": the keeps that an event of these operations carries, when this is
    /// what its writer sees. All of the operations are understood.
    package func keeps(for operations: [FieldOperation]) -> Set<FieldOperation> {
        var keeps: Set<FieldOperation> = []
        for operation in operations {
            guard let entry = entry(of: operation) else { continue }
            let inside = (live[operation.entity] ?? []).filter {
                $0.rule != nil && $0.path.starts(with: entry)
            }
            for path in Set(inside.map(\.operation.path)) {
                let isSaid = operations.contains { $0.says(path, of: operation.entity) }
                guard !isSaid else { continue }
                let here = inside.filter { $0.operation.path == path }
                keeps.formUnion(Self.keeps(of: here, besides: operations))
            }
        }
        return keeps
    }

    /// The outermost map key on the operation's path, with all before it.
    private func entry(of operation: FieldOperation) -> [ExactText]? {
        let path = operation.path.components
        return path.indices.map { Array(path[...$0]) }.first { prefix in
            let map = FieldPath(Array(prefix.dropLast()))
            if case .map? = Self.place(map, of: operation.entity, schemas) { return true }
            return false
        }
    }

    private static func keeps(
        of things: [Thing], besides operations: [FieldOperation]
    ) -> [FieldOperation] {
        guard let place = things.first?.operation else { return [] }
        switch things.first?.rule {
        case .register, .workflow:
            return visible(things).compactMap { thing in
                thing.value.map { value in
                    let origin = Origin(
                        dot: thing.origin, offset: Offset(rawValue: thing.originPlace),
                        timestamp: thing.writtenAt)
                    return FieldOperation(place.entity, place.path, .keep(value, origin))
                }
            }
        case .set:
            return Set(things.compactMap(\.value)).compactMap { element in
                let isNamed = operations.contains {
                    $0.entity == place.entity && $0.path == place.path
                        && ($0.action == .add(element) || $0.action == .remove(element))
                }
                let supports = things.filter { $0.value == element }
                guard !isNamed, let first = supports.min(by: { $0.dot < $1.dot }) else {
                    return nil
                }
                let origin = Origin(
                    dot: first.dot, offset: Offset(rawValue: first.author.offset),
                    timestamp: first.time)
                return FieldOperation(place.entity, place.path, .keep(element, origin))
            }
        default: return []
        }
    }
}

extension FieldOperation {
    /// Whether the operation itself says what is at a place afterwards.
    fileprivate func says(_ place: FieldPath, of other: EntityID) -> Bool {
        guard entity == other else { return false }
        switch action {
        case .set, .clear, .move: return place.components.starts(with: path.components)
        case .remove(.text(let key)):
            return place.components.starts(with: path.components + [key])
        default: return false
        }
    }
}
