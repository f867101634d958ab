import BatonCore
import BatonLog
import BatonWire

/// Which conflicts are asked for.
enum ConflictStatus: String, CaseIterable, Sendable {
    case open, settled, all

    /// Reads a parameter; open ones are meant where there is none.
    init(_ text: String?) throws(Problem) {
        guard let status = ConflictStatus(rawValue: text ?? "open") else {
            throw Problem(.invalidParameter, "status is one of open, settled and all")
        }
        self = status
    }
}

extension StreamService {
    /// What concurrency decided: open conflicts, and those that a later write settled. Of one
    /// entity where it is named. Of what the caller sees, and of what is settled, where it may be told of
    /// the past; values that the schema redacts for `role` are marks.
    func conflicts(
        _ key: StreamKey, _ wanted: ConflictStatus, of entity: EntityID?, for role: Role,
        in sight: Sight = .whole
    ) async throws(Problem) -> Value {
        _ = try await requireStream(key)
        let schemas = self.schemas(of: key)
        var items: [ListedConflict] = []
        if wanted != .settled {
            let state = sight.shown(try await states.state(of: key).state)
            let open =
                entity.map { state.conflicts(of: $0, schemas: schemas) }
                ?? state.conflicts(schemas: schemas)
            items += open.map { ListedConflict(conflict: $0, settledBy: nil) }
        }
        if wanted != .open {
            items += try await StreamHistory.undisturbed {
                () async throws(Problem) -> [ListedConflict] in
                let history = try await self.history(of: key)
                guard history.beginning == .start else { return [] }
                var conflicts = ConflictHistory(schemas: schemas, entity: entity)
                try await history.entries(after: .start, through: history.head) {
                    (entry, offset, _) throws(Problem) -> Bool in
                    conflicts.take(sight.shown(entry), at: offset)
                    guard conflicts.looks <= limits.settledLooks,
                        conflicts.sides <= limits.settledSides
                    else { throw Self.tooMuchSettled }
                    return true
                }
                return conflicts.settled.filter {
                    schemas[$0.conflict.entity.type]?.allows(.timeline, by: role) ?? true
                }
            }
        }
        return .object([
            "conflicts": .list(items.map { $0.redacted(for: role, schemas: schemas).json })
        ])
    }

    private static let tooMuchSettled = Problem(
        .limitExceeded,
        "this stream has settled more conflicts than can be told: ask for status=open, or one entity"
    )
}
