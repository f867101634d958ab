import BatonCore
import BatonLog

extension StreamService {
    /// Why an entity is what it is, now or at a moment in its past, at and below a path.
    func explanation(
        of entity: EntityID, at path: FieldPath, in key: StreamKey, at moment: PastMoment?,
        for role: Role
    ) async throws(Problem) -> EntityExplanation {
        let head = try await requireStream(key)
        let state = try await state(of: key, at: moment)
        var entries: [(entry: Entry, offset: Offset, receivedAt: Int64)] = []
        try await readEntries(of: key, after: head.horizon, through: state.offset) {
            entries.append((entry: $0, offset: $1, receivedAt: $2))
        }
        let explanation = EntityExplanation(
            of: entity, at: path, in: state, entries: entries, horizon: head.horizon,
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
