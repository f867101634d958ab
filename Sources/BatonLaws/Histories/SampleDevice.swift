package import BatonCore

/// A device that writes offline and syncs when told, as the SDK does.
package struct SampleDevice: Sendable {
    /// Who writes.
    package let replica: ReplicaID
    /// The schemas that it knows.
    package let schemas: SchemaSet
    /// What it has pulled.
    package private(set) var confirmed = StreamState()
    /// What it wrote and has not pulled back, with the offsets that pushes were answered with.
    package private(set) var own: [(event: Event, offset: Offset)] = []
    /// Events of others that came to it by another way than the log.
    package private(set) var shared: [Event] = []
    /// How many events it wrote.
    package private(set) var counter = Counter.none
    private var clock = HybridClock()

    /// A device whose replica id is a small number.
    package init(_ number: UInt64, _ schemas: SchemaSet) {
        replica = ReplicaID(high: 0, low: number)
        self.schemas = schemas
    }

    /// What the device shows.
    package var view: StreamState {
        var state = confirmed
        for event in shared { state.apply(.event(event), schemas: schemas) }
        for (event, offset) in own { state.apply(.event(event), at: offset, schemas: schemas) }
        return state
    }

    /// All that the device has seen.
    package var context: Context {
        var beyond = VersionVector()
        for event in shared { beyond.insert(event.dot) }
        return Context(replica: replica, own: counter, seen: confirmed.offset, beyond: beyond)
    }

    /// Writes one event at a wall time, with the keeps that go with it.
    @discardableResult
    package mutating func write(
        at wall: Int64, keeping: Bool = true, _ operations: [FieldOperation]
    ) throws -> Event {
        let keeps = keeping ? view.keeps(for: operations, schemas: schemas) : []
        return try write(at: wall, having: context, operations + keeps)
    }

    /// Writes one event under a context of one's own, with the given operations alone.
    @discardableResult
    package mutating func write(
        at wall: Int64, having context: Context, _ operations: [FieldOperation]
    ) throws -> Event {
        counter = counter.next
        let event = Event(
            dot: Dot(replica, counter), context: context, timestamp: clock.read(wall: wall),
            channel: try ChannelName("app"), operations: operations)
        own.append((event, .start))
        return event
    }

    /// Pushes what is pending, at most `limit` events, and stops before one whose context the log
    /// lacks. What is refused goes in as a void entry, and out of the view.
    ///
    /// - Parameter isAnswered: Whether the answer arrives: else the device learns no offset.
    package mutating func push(
        to log: inout SampleLog, limit: Int = .max, isAnswered: Bool = true,
        refusing: (Event) -> Refusal? = { _ in nil }
    ) {
        var refused: Set<Dot> = []
        var left = limit
        for index in own.indices where own[index].offset == .start && left > 0 {
            let event = own[index].event
            if log.vector.covers(event.dot) { continue }
            guard event.context.beyond.sorted.allSatisfy(log.vector.covers) else { break }
            left -= 1
            let refusal = refusing(event)
            log.append([refusal.map { .void(event.dot, $0) } ?? .event(event)])
            guard isAnswered else { continue }
            if refusal != nil { refused.insert(event.dot) }
            own[index].offset = Offset(rawValue: UInt64(log.entries.count))
        }
        own.removeAll { refused.contains($0.event.dot) }
    }

    /// Pulls up to the offset `end`, or all.
    package mutating func pull(from log: SampleLog, upTo end: Int? = nil) {
        for (offset, entry) in log.entries(after: confirmed.offset, upTo: end) {
            confirmed.apply(entry, at: offset, schemas: schemas)
            if case .event(let event) = entry {
                _ = clock.observe(event.timestamp, wall: event.timestamp.milliseconds)
            }
        }
        own.removeAll { confirmed.vector.covers($0.event.dot) }
        shared.removeAll { confirmed.vector.covers($0.dot) }
    }

    /// Pushes and pulls everything.
    package mutating func sync(with log: inout SampleLog) {
        push(to: &log)
        pull(from: log)
    }

    /// Takes what `other` has not pushed yet, by another way than the log, as far as all that it
    /// had seen is here.
    package mutating func take(from other: SampleDevice) {
        var have = confirmed.vector
        for event in shared { have.insert(event.dot) }
        for (event, offset) in other.own where offset == .start && !have.covers(event.dot) {
            let isKnown =
                event.context.seen <= confirmed.offset
                && event.context.beyond.sorted.allSatisfy {
                    have.covers($0) || $0.replica == replica && $0.counter <= counter
                }
            guard isKnown, have[other.replica].next == event.dot.counter else { return }
            have.insert(event.dot)
            shared.append(event)
        }
    }
}
