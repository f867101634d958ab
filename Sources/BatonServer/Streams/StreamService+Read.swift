package import BatonCore
package import BatonLog
import BatonWire

/// A moment in a stream's past.
package enum PastMoment: Hashable, Sendable {
    /// What the log up to here makes.
    case offset(Offset)
    /// Milliseconds since 1970: all that the server had received by then.
    case time(Int64)

    /// Reads an offset or an instant.
    package init(_ text: String) throws(Problem) {
        if let number = UInt64(digits: text) {
            self = .offset(Offset(rawValue: number))
        } else if let time = InstantFormat.milliseconds(of: text) {
            self = .time(time)
        } else {
            throw Problem(
                .invalidParameter,
                "at is an offset, such as 12, or an instant, such as 2026-01-31T12:00:00.000Z")
        }
    }
}

extension StreamService {
    /// One entity as plain JSON, and the offset that it reflects.
    package func entity(
        _ id: EntityID, of key: StreamKey, at moment: PastMoment?, in sight: Sight = .whole
    ) async throws(Problem) -> (value: Value, offset: Offset) {
        _ = try await requireStream(key)
        let state = try await StreamHistory.undisturbed {
            () async throws(Problem) -> StreamState in
            try await self.state(of: key, at: moment)
        }
        let shown = sight.shown(state, only: id)
        guard let value = shown.value(of: id, schemas: schemas(of: key)) else {
            throw Problem(
                .entityNotFound,
                "there is no \(id) in \(key.stream) as of offset \(state.offset); "
                    + "an entity begins with the first operation on it")
        }
        return (value, state.offset)
    }

    /// The state of a stream now, or at a moment in its past.
    func state(of key: StreamKey, at moment: PastMoment?) async throws(Problem) -> StreamState {
        switch moment {
        case nil: return try await states.state(of: key).state
        case .offset(let offset):
            let latest = try await states.state(of: key).state
            guard offset < latest.offset else { return latest }
            return try await states.state(of: key, at: offset, archive: archive)
        case .time(let time):
            let offset = try await history(of: key).offset(at: time)
            return try await states.state(of: key, at: offset, archive: archive)
        }
    }

    /// All that can still be read of the stream; a problem where it has not begun.
    func history(of key: StreamKey) async throws(Problem) -> StreamHistory {
        try await StreamHistory(of: key, in: engine, archive: archive, limits: limits)
    }

    /// The journey: who did what, on which channel, when, in the order of the log; as it was at a
    /// moment in the past, where one is given. What is not seen is left out.
    func timeline(
        _ key: StreamKey, after offset: Offset, limit: Int, at moment: PastMoment?, for role: Role,
        in sight: Sight = .whole
    ) async throws(Problem) -> Value {
        try await StreamHistory.undisturbed { () async throws(Problem) -> Value in
            try await page(
                key, after: offset, limit: limit, at: moment, for: role, in: sight)
        }
    }

    private func page(
        _ key: StreamKey, after offset: Offset, limit: Int, at moment: PastMoment?, for role: Role,
        in sight: Sight
    ) async throws(Problem) -> Value {
        let history = try await self.history(of: key)
        let end: Offset
        switch moment {
        case nil: end = history.head
        case .offset(let offset): end = min(offset, history.head)
        case .time(let time): end = try await history.offset(at: time)
        }
        guard end >= history.beginning else { throw StreamHistory.compacted(history.beginning) }
        let schemas = self.schemas(of: key)
        let kept = Set(schemas.types(keeping: .timeline, from: role))
        let start = max(offset, history.beginning)
        var entries: [Value] = []
        var last = start
        var bytes = 0
        while last < end, entries.count < limit, bytes < limits.bytesPerPull {
            let chunks = try await history.chunks(after: last, events: limit - entries.count)
            guard !chunks.isEmpty else { break }
            for chunk in chunks where entries.count < limit && bytes < limits.bytesPerPull {
                let decoded: [Entry]
                do {
                    decoded = try ChunkEntries.read(chunk)
                } catch { throw Problem(error) }
                for (index, entry) in decoded.enumerated() where entries.count < limit {
                    let place = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                    guard place > last, place <= end else { continue }
                    last = place
                    let told = sight.shown(entry).told(of: kept)
                    guard !told.isWithheld else { continue }
                    entries.append(
                        told.timelineValue(
                            at: place, receivedAt: chunk.receivedAt, schemas: schemas, for: role))
                }
                bytes += chunk.body.count
            }
        }
        var members: [ExactText: Value] = [
            "entries": .list(entries), "head": .integer(Int64(end.rawValue)),
            "horizon": .integer(Int64(history.beginning.rawValue)),
        ]
        if last < end { members["next"] = .integer(Int64(last.rawValue)) }
        return .object(members)
    }
}

extension Entry {
    /// The entry without what may not be told, because its type is among those `kept` from who asks. A
    /// refusal does not tell what its event was about.
    fileprivate func told(of kept: Set<String>) -> Entry {
        guard !kept.isEmpty else { return self }
        guard case .event(let event) = self else { return .void(dot, Sight.withheld) }
        let told = event.operations.filter { !kept.contains($0.entity.type) }
        return told.isEmpty ? .void(dot, Sight.withheld) : .event(event.with(operations: told))
    }

    /// The entry as a line of a timeline; keeps, which no person made, are left out.
    func timelineValue(
        at offset: Offset, receivedAt: Int64, schemas: SchemaSet, for role: Role
    ) -> Value {
        var members: [ExactText: Value] = [
            "offset": .integer(Int64(offset.rawValue)),
            "replica": .string(dot.replica.description),
            "counter": .integer(Int64(dot.counter.rawValue)),
            "receivedAt": .string(InstantFormat.text(milliseconds: receivedAt)),
        ]
        switch self {
        case .event(let event):
            members["channel"] = .string(event.channel.description)
            members["time"] = .string(
                InstantFormat.text(milliseconds: event.timestamp.milliseconds))
            members["operations"] = .list(
                event.operations.compactMap { schemas.redacted($0, for: role).timelineValue })
        case .void(_, let refusal):
            members["void"] = .object([
                "code": .string(refusal.code.rawValue), "reason": .string(refusal.reason),
            ])
        }
        return .object(members)
    }
}

extension FieldOperation {
    fileprivate var timelineValue: Value? {
        let argument: Value
        switch action {
        case .keep: return nil
        case .set(let value), .add(let value), .remove(let value), .append(let value):
            argument = value
        case .clear, .unknown: argument = .object([:])
        case .move(let from, let to): argument = .object(["from": .text(from), "to": .text(to)])
        }
        return .object([
            "entity": .string(entity.description), "path": .string(path.pointer),
            ExactText(action.name): argument,
        ])
    }
}
