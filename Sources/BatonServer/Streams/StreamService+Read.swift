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
    init(_ text: String) throws(Problem) {
        if let number = UInt64(text), number <= largestExactInteger {
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
        _ id: EntityID, of key: StreamKey, at moment: PastMoment?
    ) async throws(Problem) -> (value: Value, offset: Offset) {
        _ = try await requireStream(key)
        let state = try await state(of: key, at: moment)
        guard let value = state.value(of: id, schemas: schemas(of: key)) else {
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
        case .offset(let offset): return try await states.state(of: key, at: offset)
        case .time(let time):
            let offset = try await offset(of: key, at: time)
            return try await states.state(of: key, at: offset)
        }
    }

    /// The entries from after `start` up to `end`, one by one, in order.
    func readEntries(
        of key: StreamKey, after start: Offset, through end: Offset,
        _ take: (Entry, Offset, Int64) -> Void
    ) async throws(Problem) {
        var position = start
        while position < end {
            let after = position
            let slice = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.read(
                    key, after: after,
                    limit: ReadLimit(events: limits.eventsPerPull, bytes: limits.bytesPerPull))
            }
            guard let last = slice.chunks.last?.lastOffset else { return }
            for chunk in slice.chunks {
                let entries: [Entry]
                do {
                    entries = try ChunkEntries.read(chunk)
                } catch { throw Problem(error) }
                for (index, entry) in entries.enumerated() {
                    let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                    if offset > end { return }
                    take(entry, offset, chunk.receivedAt)
                }
            }
            position = last
        }
    }

    /// The last offset received at or before `time`.
    private func offset(of key: StreamKey, at time: Int64) async throws(Problem) -> Offset {
        var last = try await requireStream(key).horizon
        while true {
            let after = last
            let slice = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.read(
                    key, after: after,
                    limit: ReadLimit(events: limits.eventsPerPull, bytes: limits.bytesPerPull))
            }
            for chunk in slice.chunks {
                if chunk.receivedAt > time { return last }
                last = chunk.lastOffset
            }
            if slice.chunks.isEmpty || last >= slice.head { return last }
        }
    }

    /// The journey: who did what, on which channel, when, in the order of the log.
    func timeline(
        _ key: StreamKey, after offset: Offset, limit: Int, for role: Role
    ) async throws(Problem) -> Value {
        let head = try await requireStream(key)
        let schemas = self.schemas(of: key)
        let start = max(offset, head.horizon)
        let slice = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.read(
                key, after: start, limit: ReadLimit(events: limit, bytes: limits.bytesPerPull))
        }
        var entries: [Value] = []
        for chunk in slice.chunks {
            let decoded: [Entry]
            do {
                decoded = try ChunkEntries.read(chunk)
            } catch { throw Problem(error) }
            for (index, entry) in decoded.enumerated() {
                let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                entries.append(
                    entry.timelineValue(
                        at: offset, receivedAt: chunk.receivedAt, schemas: schemas, for: role))
            }
        }
        let last = slice.chunks.last?.lastOffset ?? start
        var members: [ExactText: Value] = [
            "entries": .list(entries), "head": .integer(Int64(slice.head.rawValue)),
            "horizon": .integer(Int64(slice.horizon.rawValue)),
        ]
        if last < slice.head { members["next"] = .integer(Int64(last.rawValue)) }
        return .object(members)
    }
}

extension Entry {
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
