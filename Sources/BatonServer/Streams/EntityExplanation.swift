package import BatonCore

/// Why an entity is what it is, as far as its state and the log above the horizon tell.
package struct EntityExplanation: Sendable {
    /// An event that the log still holds.
    package struct Known: Sendable {
        /// Where its writer stood.
        package let channel: ChannelName
        /// When the server took it in: milliseconds since 1970.
        package let receivedAt: Int64
    }

    /// The entity.
    package let entity: EntityID
    /// The explanation is of the log up to here.
    package let offset: Offset
    /// What came up to here is told of by what still lives of it, and no more.
    package let horizon: Offset
    /// The places, by path.
    package let places: [Explanation]
    /// Operations that the schemas in force do not know, and that are kept.
    package let unknown: Int
    /// The events that touched the entity, by their dots.
    package let events: [Dot: Known]

    /// Joins the parts; `entries` are the log above the horizon, up to the state.
    package init(
        of entity: EntityID, at path: FieldPath, in state: StreamState,
        entries: [(entry: Entry, offset: Offset, receivedAt: Int64)], horizon: Offset,
        schemas: SchemaSet, for role: Role
    ) {
        var history: [LoggedEvent] = []
        var events: [Dot: Known] = [:]
        for (entry, offset, receivedAt) in entries {
            guard case .event(let event) = entry,
                event.operations.contains(where: { $0.entity == entity })
            else { continue }
            history.append(LoggedEvent(offset: offset, event: event))
            events[event.dot] = Known(channel: event.channel, receivedAt: receivedAt)
        }
        self.entity = entity
        self.events = events
        self.horizon = horizon
        offset = state.offset
        unknown = state.entities[entity]?.unknown.count ?? 0
        places = state.explanation(
            of: entity, at: path, history: history, schemas: schemas, for: role)
    }

    /// The explanation as JSON (specification section 10.6).
    package var json: Value {
        .object([
            "entity": .string(entity.description), "offset": .integer(Int64(offset.rawValue)),
            "horizon": .integer(Int64(horizon.rawValue)), "unknown": .integer(Int64(unknown)),
            "fields": .list(places.map(json)),
        ])
    }

    private func json(_ place: Explanation) -> Value {
        var members: [ExactText: Value] = [
            "path": .string(place.path.pointer), "rule": .string(place.rule),
            "summary": .string(place.summary), "redacted": .boolean(place.isRedacted),
            "writes": .list(place.writes.map(json)), "omitted": .integer(Int64(place.omitted)),
        ]
        if let value = place.value { members["value"] = value }
        return .object(members)
    }

    private func json(_ write: Explanation.Write) -> Value {
        var members: [ExactText: Value] = [
            "replica": .string(write.dot.replica.description),
            "counter": .integer(Int64(write.dot.counter.rawValue)),
            "offset": .integer(Int64(write.offset.rawValue)),
            "time": .string(InstantFormat.text(milliseconds: write.timestamp.milliseconds)),
            "action": .string(write.action), "value": write.value ?? .null,
            "part": .string(write.part.rawValue), "why": .string(write.why),
            "concurrent": .list(write.concurrent.map(\.json)),
            "compacted": .boolean(events[write.dot] == nil),
        ]
        if let known = events[write.dot] {
            members["channel"] = .string(known.channel.description)
            members["receivedAt"] = .string(InstantFormat.text(milliseconds: known.receivedAt))
        }
        if let by = write.by { members["by"] = by.json }
        if let origin = write.origin { members["origin"] = origin.json }
        return .object(members)
    }
}
