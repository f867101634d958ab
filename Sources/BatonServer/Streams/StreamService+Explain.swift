import BatonCore
import BatonLog

extension StreamService {
    /// Why an entity is what it is, now or at a moment in its past, at and below a path.
    func explanation(
        of entity: EntityID, at path: FieldPath, in key: StreamKey, at moment: PastMoment?,
        for role: Role, in sight: Sight = .whole
    ) async throws(Problem) -> EntityExplanation {
        try require(.timeline, on: entity.type, of: key, by: role)
        var entries: [(entry: Entry, offset: Offset, receivedAt: Int64)] = []
        let (state, history) = try await StreamHistory.undisturbed {
            () async throws(Problem) -> (StreamState, StreamHistory) in
            entries = []
            let state = sight.shown(
                try await self.state(of: key, at: moment), only: entity)
            let history = try await self.history(of: key)
            try await history.entries(after: history.beginning, through: state.offset) {
                (entry, offset, receivedAt) in
                // Of a long log most is about others.
                if entry.touches(entity) {
                    entries.append(
                        (entry: sight.shown(entry), offset: offset, receivedAt: receivedAt))
                }
                return true
            }
            return (state, history)
        }
        let explanation = EntityExplanation(
            of: entity, at: path, in: state, entries: entries, horizon: history.beginning,
            schemas: schemas(of: key), for: role)
        guard !explanation.places.isEmpty || explanation.unknown > 0 else {
            throw Problem(
                .entityNotFound,
                "nothing lives or lived at \(entity)\(path) in \(key.stream) as of offset "
                    + "\(state.offset), as far as the log goes back")
        }
        return explanation
    }
}

extension Entry {
    /// Whether it is an event that says something of the entity.
    fileprivate func touches(_ entity: EntityID) -> Bool {
        guard case .event(let event) = self else { return false }
        return event.operations.contains { $0.entity == entity }
    }
}
