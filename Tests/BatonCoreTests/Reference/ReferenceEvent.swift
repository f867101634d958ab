import BatonCore

/// An event with what its author had seen written out, replica by replica: no offsets.
struct ReferenceEvent {
    let event: Event
    let seen: [ReplicaID: UInt64]

    func hasSeen(_ dot: Dot) -> Bool { seen[dot.replica, default: 0] >= dot.counter.rawValue }

    /// The events of a log, their contexts resolved to vectors.
    static func resolving(_ log: TestLog) -> [ReferenceEvent] {
        var vectors: [[ReplicaID: UInt64]] = [[:]]
        var events: [ReferenceEvent] = []
        for (_, entry) in log.entries(after: .start) {
            var vector = vectors[vectors.count - 1]
            vector[entry.dot.replica] = entry.dot.counter.rawValue
            vectors.append(vector)
            guard case .event(let event) = entry else { continue }
            var seen = vectors[Int(event.context.seen.rawValue)]
            seen[event.dot.replica] = max(
                seen[event.dot.replica, default: 0], event.context.own.rawValue)
            for dot in event.context.beyond.sorted {
                seen[dot.replica] = max(seen[dot.replica, default: 0], dot.counter.rawValue)
            }
            events.append(ReferenceEvent(event: event, seen: seen.filter { $0.value > 0 }))
        }
        return events
    }

    /// The same event with its context as an explicit vector and no offset anywhere.
    var withoutOffsets: Event {
        let vector = VersionVector(
            Dictionary(
                uniqueKeysWithValues: seen.filter { $0.key != event.dot.replica }
                    .map { ($0.key, Counter(rawValue: $0.value)) }))
        let own = Counter(rawValue: seen[event.dot.replica, default: 0])
        return Event(
            dot: event.dot,
            context: Context(replica: event.dot.replica, own: own, seen: .start, beyond: vector),
            timestamp: event.timestamp, channel: event.channel,
            operations: event.operations.map { operation in
                guard case .keep(let value, let origin) = operation.action else { return operation }
                let bare = Origin(dot: origin.dot, offset: .start, timestamp: origin.timestamp)
                return FieldOperation(operation.entity, operation.path, .keep(value, bare))
            })
    }
}
