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
    /// One entity as plain JSON, and the offset that it reflects.
    package func entity(
        _ id: EntityID, of key: StreamKey, at moment: PastMoment?
    ) async throws(Problem) -> (value: Value, offset: Offset) {
        _ = try await requireStream(key)
        let state: StreamState
        switch moment {
        case nil: state = try await states.state(of: key).state
        case .offset(let offset): state = try await states.state(of: key, at: offset)
        case .time(let time):
            let offset = try await offset(of: key, at: time)
            state = try await states.state(of: key, at: offset)
        }
        guard let value = state.value(of: id, schemas: schemas) else {
            throw Problem(
                .entityNotFound,
                "there is no \(id) in \(key.stream) as of offset \(state.offset); "
                    + "an entity begins with the first operation on it")
        }
        return (value, state.offset)
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
        _ key: StreamKey, after offset: Offset, limit: Int
    ) async throws(Problem) -> Value {
        let head = try await requireStream(key)
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
                entries.append(entry.timelineValue(at: offset, receivedAt: chunk.receivedAt))
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

    /// What concurrency decided: open conflicts, and those that a later write settled.
    func conflicts(_ key: StreamKey, _ wanted: ConflictStatus) async throws(Problem) -> Value {
        _ = try await requireStream(key)
        var items: [Value] = []
        if wanted != .settled {
            let state = try await states.state(of: key).state
            items += state.conflicts(schemas: schemas).map { $0.value(settledBy: nil) }
        }
        if wanted != .open { items += try await settledConflicts(key) }
        return .object(["conflicts": .list(items)])
    }

    /// Folds the log once more and watches which conflicts come and go. O(log above the horizon).
    private func settledConflicts(_ key: StreamKey) async throws(Problem) -> [Value] {
        let head = try await requireStream(key)
        var state = StreamState()
        if head.horizon != .start { return [] }
        var open: [EntityID: [Conflict]] = [:]
        var items: [Value] = []
        while state.offset < head.offset {
            let after = state.offset
            let slice = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.read(
                    key, after: after,
                    limit: ReadLimit(events: limits.eventsPerPull, bytes: limits.bytesPerPull))
            }
            guard !slice.chunks.isEmpty else { break }
            for chunk in slice.chunks {
                let entries: [Entry]
                do {
                    entries = try ChunkEntries.read(chunk)
                } catch { throw Problem(error) }
                for (index, entry) in entries.enumerated() {
                    let offset = Offset(rawValue: chunk.offset.rawValue + UInt64(index))
                    state.apply(entry, at: offset, schemas: schemas)
                    guard case .event(let event) = entry else { continue }
                    for entity in Set(event.operations.map(\.entity)) {
                        let now = state.conflicts(of: entity, schemas: schemas)
                        let places = Set(now.map(\.path))
                        for gone in open[entity] ?? [] where !places.contains(gone.path) {
                            items.append(gone.value(settledBy: event.dot))
                        }
                        open[entity] = now
                    }
                }
            }
        }
        return items
    }
}

extension Entry {
    /// The entry as a line of a timeline; keeps, which no person made, are left out.
    func timelineValue(at offset: Offset, receivedAt: Int64) -> Value {
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
            members["operations"] = .list(event.operations.compactMap(\.timelineValue))
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

extension Conflict {
    /// The conflict as JSON.
    func value(settledBy dot: Dot?) -> Value {
        var members: [ExactText: Value] = [
            "entity": .string(entity.description), "path": .string(path.pointer),
            "rule": .string(rule), "picked": picked.json,
            "overruled": .list(overruled.map(\.json)),
            "status": dot == nil ? "open" : "settled",
        ]
        if let dot { members["settledBy"] = dot.json }
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
    fileprivate var json: Value {
        .object([
            "replica": .string(replica.description), "counter": .integer(Int64(counter.rawValue)),
        ])
    }
}
