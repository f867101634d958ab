package import BatonCore

/// Folds a log once more and watches which conflicts come and go. O(log).
package struct ConflictHistory {
    /// The conflicts that a later write settled, in the order of settling.
    package private(set) var settled: [ListedConflict] = []
    /// Sides of conflicts that were looked at: each event looks at all that its entities have.
    package private(set) var looks = 0
    /// Sides of those that were settled.
    package private(set) var sides = 0

    private let schemas: SchemaSet
    private let entity: EntityID?
    private var state = StreamState()
    private var open: [EntityID: [Conflict]] = [:]

    /// Watches one entity, or all.
    package init(schemas: SchemaSet, entity: EntityID? = nil) {
        self.schemas = schemas
        self.entity = entity
    }

    /// Takes in the next entry of the log.
    package mutating func take(_ entry: Entry, at offset: Offset) {
        state.apply(entry, at: offset, schemas: schemas)
        guard case .event(let event) = entry else { return }
        for touched in Set(event.operations.map(\.entity)).sorted()
        where entity == nil || entity == touched {
            let now = state.conflicts(of: touched, schemas: schemas)
            looks += now.reduce(0) { $0 + 1 + $1.overruled.count }
            let places = Set(now.map(\.path))
            for gone in open[touched] ?? [] where !places.contains(gone.path) {
                settled.append(ListedConflict(conflict: gone, settledBy: event.dot))
                sides += 1 + gone.overruled.count
            }
            open[touched] = now.isEmpty ? nil : now
        }
    }
}

/// A conflict, and what settled it if anything did.
package struct ListedConflict: Hashable, Sendable {
    /// What concurrency decided.
    package let conflict: Conflict
    /// The event that settled it; `nil` while it is open.
    package let settledBy: Dot?

    /// Joins the parts.
    package init(conflict: Conflict, settledBy: Dot?) {
        self.conflict = conflict
        self.settledBy = settledBy
    }

    /// The same with marks in place of values that are hidden from `role`.
    package func redacted(for role: Role, schemas: SchemaSet) -> ListedConflict {
        ListedConflict(conflict: schemas.redacted(conflict, for: role), settledBy: settledBy)
    }

    /// The conflict as JSON (specification section 10.4).
    package var json: Value {
        var members: [ExactText: Value] = [
            "entity": .string(conflict.entity.description),
            "path": .string(conflict.path.pointer), "rule": .string(conflict.rule),
            "picked": conflict.picked.json, "overruled": .list(conflict.overruled.map(\.json)),
            "status": settledBy == nil ? "open" : "settled",
        ]
        if let settledBy { members["settledBy"] = settledBy.json }
        return .object(members)
    }
}

extension Conflict.Side {
    fileprivate var json: Value {
        .object([
            "replica": .string(dot.replica.description),
            "counter": .integer(Int64(dot.counter.rawValue)),
            "time": .string(InstantFormat.text(milliseconds: timestamp.milliseconds)),
            "value": value ?? .null,
        ])
    }
}

extension Dot {
    /// The dot as plain JSON.
    package var json: Value {
        .object([
            "replica": .string(replica.description), "counter": .integer(Int64(counter.rawValue)),
        ])
    }
}
