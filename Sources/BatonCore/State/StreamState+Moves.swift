extension StreamState {
    /// Why the moves of `event` contradict what its author had seen; `nil` if they do not.
    ///
    /// A move names the state that it leaves. Where the author had seen every live move of the
    /// workflow, and none of them shows that state, the event says what cannot be: a delivered
    /// order is not placed anew. Where a live move is concurrent to the event, nothing is said
    /// against it, and precedence decides (specification section 5.6). O(operations).
    public func refusal(ofMovesIn event: Event, schemas: SchemaSet) -> Refusal? {
        var reached: [EntityID: [FieldPath: ExactText]] = [:]
        for operation in event.operations {
            guard case .move(let from, let to) = operation.action,
                let schema = schemas[operation.entity.type],
                case .workflow? = schema.place(at: operation.path)?.rule
            else { continue }
            let states: [ExactText]
            if let earlier = reached[operation.entity]?[operation.path] {
                states = [earlier]
            } else {
                let moves = moves(at: operation.path, of: operation.entity)
                let isConcurrent = moves.versions.contains {
                    !event.context.covers($0.stamp.dot, at: $0.stamp.offset)
                }
                if isConcurrent { continue }
                states = moves.isEmpty ? [""] : moves.visible.compactMap(\.state)
            }
            guard states.contains(from) else {
                let now = states.map { "\"\($0)\"" }.joined(separator: ", ")
                return Refusal(
                    .schemaViolation,
                    schema.reason(
                        "\(operation.entity)\(operation.path) is \(now), not \"\(from)\": "
                            + "move it from where it is",
                        for: operation, hiding: "it does not stand where the move begins"))
            }
            reached[operation.entity, default: [:]][operation.path] = to
        }
        return nil
    }

    private func moves(at path: FieldPath, of entity: EntityID) -> VersionLeaf {
        var node = entities[entity]?.root
        for component in path.components {
            guard case .branch(let children)? = node else { return VersionLeaf() }
            node = children[component]
        }
        guard case .versions(let leaf)? = node else { return VersionLeaf() }
        return leaf
    }
}

extension VersionLeaf.Version {
    fileprivate var state: ExactText? {
        guard case .text(let state)? = value else { return nil }
        return state
    }
}

extension Event {
    /// Whether the event moves a workflow.
    public var hasMoves: Bool {
        operations.contains {
            if case .move = $0.action { return true }
            return false
        }
    }
}
