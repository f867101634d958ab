/// What a set of events makes of a stream: all of its entities, and what was seen.
///
/// A function of the set of events, whatever the order of arrival, as long as every event comes
/// after those that its context names (specification section 5.1).
public struct StreamState: Hashable, Sendable {
    /// The entities in which something lives.
    public private(set) var entities: [EntityID: EntityState]
    /// The events that went in.
    public private(set) var vector: VersionVector
    /// The highest offset that went in: all of the log up to here is covered.
    public private(set) var offset: Offset

    /// Nothing seen.
    public init() {
        entities = [:]
        vector = VersionVector()
        offset = .start
    }

    /// A state as it was stored.
    public init(entities: [EntityID: EntityState], vector: VersionVector, offset: Offset) {
        self.entities = entities.filter { !$0.value.isEmpty }
        self.vector = vector
        self.offset = offset
    }

    /// Puts an entity in place of what is there; nothing where nothing lives in it.
    mutating func replace(_ id: EntityID, with entity: EntityState) {
        entities[id] = entity.isEmpty ? nil : entity
    }

    /// What became of an event that was to go in.
    public enum Outcome: Hashable, Sendable {
        /// It went in.
        case applied
        /// It had gone in before; at most ``StreamState/offset`` moved on.
        case alreadyApplied
        /// An earlier event of its replica has not gone in; nothing changed.
        case gap(expected: Counter)
    }

    /// Takes in an entry that stands in the log at `offset`, or, with ``Offset/start``, one that is
    /// pending on this device. O(live size of the places it touches).
    ///
    /// Pending entries go into a copy of the state: once they have a place in the log, or were
    /// refused, they are taken into the state that never held them. The copy does not learn their
    /// place, and so would not let a write that had seen them there take them away.
    @discardableResult
    public mutating func apply(
        _ entry: Entry, at offset: Offset = .start, schemas: SchemaSet
    ) -> Outcome {
        let dot = entry.dot
        let known = vector[dot.replica]
        if dot.counter <= known {
            self.offset = max(self.offset, offset)
            return .alreadyApplied
        }
        guard dot.counter == known.next else { return .gap(expected: known.next) }
        vector.advance(to: dot)
        self.offset = max(self.offset, offset)
        guard case .event(let event) = entry else { return .applied }
        let stamp = Stamp(
            dot: dot, offset: offset, context: event.context, timestamp: event.timestamp)
        var rest = event.operations[...]
        while let entity = rest.first?.entity {
            // Operations in a row on one entity look it up once.
            let run = rest.prefix { $0.entity == entity }
            rest = rest[run.endIndex...]
            let isEmpty = entities[entity, default: EntityState()].apply(
                run, schema: schemas[entity.type], by: stamp)
            if isEmpty { entities[entity] = nil }
        }
        return .applied
    }
}
