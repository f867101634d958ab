package import BatonCore
package import BatonLog
import BatonWire

/// What a caller sees of a stream: of the entities that its token covers, what the schemas show to its
/// role (specification sections 2.6 and 11.2).
package struct Sight: Sendable {
    private let entities: EntityScope
    private let schemas: SchemaSet
    /// Whose sight it is; `nil` for one who sees all.
    private let role: Role?
    /// How the names of entities begin of which something is hidden from the role, in UTF-8.
    private let beginnings: [[UInt8]]
    /// Whether there is anything that is not seen. Where not, nothing of what follows costs anything.
    let withholds: Bool

    /// All there is: of whoever holds the log itself.
    package static let whole = Sight()

    private init() {
        entities = .all
        schemas = SchemaSet([])
        role = nil
        beginnings = []
        withholds = false
    }

    /// What `role` sees under `schemas`, of the entities that its token covers.
    package init(_ entities: EntityScope = .all, of role: Role, under schemas: SchemaSet) {
        self.entities = entities
        self.schemas = schemas
        self.role = schemas.hides(from: role) ? role : nil
        beginnings =
            self.role.map { schemas.types(hidingFrom: $0).map { Array("\($0)/".utf8) } } ?? []
        withholds = entities.withholds || self.role != nil
    }

    /// The role that alone decides what is seen: all of that role see the same.
    var sharedRole: Role? { entities.withholds ? nil : role }

    /// Whether anything of an entity may be seen, whatever there is of it.
    func covers(_ entity: EntityID) -> Bool { entities.covers(entity) }

    /// Whether what is said at a place is seen.
    func shows(_ path: FieldPath, of entity: EntityID) -> Bool {
        guard entities.covers(entity) else { return false }
        return role.map { schemas.shows(path, of: entity.type, to: $0) } ?? true
    }

    /// Whether some of an encoded event may be hidden. Where not, it need not be decoded: an operation
    /// names its entity in clear. O(bytes × types that hide something).
    func mayHide(in event: ArraySlice<UInt8>) -> Bool {
        entities.withholds || beginnings.contains { event.holds($0) }
    }

    /// What is seen of an entry of the log. An event of which nothing is, and a refusal, which does not
    /// tell what its event was about, is a refusal without a reason.
    package func shown(_ entry: Entry) -> Entry {
        guard withholds else { return entry }
        guard case .event(let event) = entry else { return .void(entry.dot, Self.withheld) }
        let shown = event.operations.filter { shows($0.path, of: $0.entity) }
        if shown.count == event.operations.count { return entry }
        return shown.isEmpty
            ? .void(entry.dot, Self.withheld) : .event(event.with(operations: shown))
    }

    /// What is seen of a state: it has seen the same events, and holds less.
    package func shown(_ state: StreamState) -> StreamState {
        guard withholds else { return state }
        var shown: [EntityID: EntityState] = [:]
        for (id, entity) in state.entities where entities.covers(id) {
            shown[id] = role.map { schemas.shown(entity, of: id.type, to: $0) } ?? entity
        }
        return StreamState(entities: shown, vector: state.vector, offset: state.offset)
    }

    /// What is seen of a state as far as it is about one entity. O(its fields).
    func shown(_ state: StreamState, only entity: EntityID) -> StreamState {
        guard withholds else { return state }
        let entities = state.entities[entity].map { [entity: $0] } ?? [:]
        return shown(
            StreamState(entities: entities, vector: state.vector, offset: state.offset))
    }

    /// What stands in the log's place for an event of which nothing is seen.
    static let withheld = Refusal(.withheld, "")
}

extension ArraySlice<UInt8> {
    /// Whether some other bytes, one at least, stand in these.
    fileprivate func holds(_ other: [UInt8]) -> Bool {
        withUnsafeBufferPointer { bytes in
            guard bytes.count >= other.count else { return false }
            return (0...(bytes.count - other.count)).contains { start in
                bytes[start] == other[0]
                    && other.indices.allSatisfy { bytes[start + $0] == other[$0] }
            }
        }
    }
}

extension Event {
    /// The same event as far as these of its operations go.
    func with(operations: [FieldOperation]) -> Event {
        Event(
            dot: dot, context: context, timestamp: timestamp, channel: channel,
            operations: operations)
    }
}

extension StreamService {
    /// What a caller sees of a stream.
    package func sight(of key: StreamKey, for caller: Principal) -> Sight {
        Sight(caller.entities, of: caller.role, under: schemas(of: key))
    }
}

extension Entry {
    /// Whether it stands for something that is not seen.
    var isWithheld: Bool {
        guard case .void(_, let refusal) = self else { return false }
        return refusal.code == .withheld
    }
}
