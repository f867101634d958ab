package import BatonCore

/// What several devices did, as the log holds it in the end.
package struct History: Sendable {
    /// Where it was drawn from.
    package let seed: UInt64
    /// The schemas in force.
    package let schemas: SchemaSet
    /// All events and void entries.
    package let log: SampleLog

    /// The entities that the events name, in ascending order.
    package var entities: [EntityID] {
        var found: Set<EntityID> = []
        for case .event(let event) in log.entries {
            found.formUnion(event.operations.map(\.entity))
        }
        return found.sorted()
    }

    /// The history in words, for a failure.
    package var trace: String {
        var lines = ["seed \(seed)"]
        for (offset, entry) in log.entries(after: .start) {
            guard case .event(let event) = entry else {
                lines.append("\(offset) \(entry.dot) void")
                continue
            }
            let beyond = event.context.beyond.sorted.map(\.description).joined(separator: " ")
            lines.append(
                "\(offset) \(event.dot) at \(event.timestamp), seen \(event.context.seen), "
                    + "own \(event.context.own)" + (beyond.isEmpty ? "" : ", beyond \(beyond)"))
            lines += event.operations.map { "    \($0.entity)\($0.path) \($0.action)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// All that a state shows to the outside.
package struct StateFace: Hashable {
    /// The canonical encoding.
    package let canonical: String
    /// The plain values of entities.
    package let values: [String]
    /// The open conflicts.
    package let conflicts: [Conflict]

    /// What `state` shows of the entities that a history names.
    package init(_ state: StreamState, of history: History) {
        canonical = state.canonicalJSON
        values = history.entities.map {
            state.value(of: $0, schemas: history.schemas)?.canonicalJSON ?? "nothing"
        }
        conflicts = state.conflicts(schemas: history.schemas)
    }
}
