import BatonCore

/// One stream's log, as a server keeps it.
struct TestLog {
    private(set) var entries: [Entry] = []

    /// Takes in entries, and gives them the next offsets.
    mutating func append(_ new: [Entry]) { entries += new }

    /// What stands at each offset, from the one after `offset` to `end` or the last.
    func entries(after offset: Offset, upTo end: Int? = nil) -> [(Offset, Entry)] {
        let last = min(end ?? entries.count, entries.count)
        let first = Int(offset.rawValue)
        guard first < last else { return [] }
        return (first..<last).map { (Offset(rawValue: UInt64($0) + 1), entries[$0]) }
    }

    /// The state after all of the log.
    func folded(_ schemas: SchemaSet) -> StreamState {
        var state = StreamState()
        for (offset, entry) in entries(after: .start) {
            state.apply(entry, at: offset, schemas: schemas)
        }
        return state
    }
}

/// A device that writes offline and syncs when told, as the SDK does.
struct TestDevice {
    let replica: ReplicaID
    let schemas: SchemaSet
    /// What it has pulled.
    private(set) var confirmed = StreamState()
    /// What it wrote and has not pulled back, with the offsets that pushes were answered with.
    private(set) var own: [(event: Event, offset: Offset)] = []
    private(set) var clock = HybridClock()
    private var counter = Counter.none

    init(_ number: UInt64, _ schemas: SchemaSet) {
        replica = ReplicaID(high: 0, low: number)
        self.schemas = schemas
    }

    /// What the device shows.
    var view: StreamState {
        var state = confirmed
        for (event, offset) in own { state.apply(.event(event), at: offset, schemas: schemas) }
        return state
    }

    /// Writes one event at a wall time, with the keeps that go with it.
    @discardableResult
    mutating func write(
        at wall: Int64, keeping: Bool = true, _ operations: [FieldOperation]
    ) throws -> Event {
        let keeps = keeping ? view.keeps(for: operations, schemas: schemas) : []
        let context = Context(replica: replica, own: counter, seen: confirmed.offset)
        counter = counter.next
        let event = Event(
            dot: Dot(replica, counter), context: context, timestamp: clock.read(wall: wall),
            channel: try ChannelName("app"), operations: operations + keeps)
        own.append((event, .start))
        return event
    }

    /// Pushes all that is pending.
    mutating func push(to log: inout TestLog) {
        for index in own.indices where own[index].offset == .start {
            log.append([.event(own[index].event)])
            own[index].offset = Offset(rawValue: UInt64(log.entries.count))
        }
    }

    /// Pulls up to the offset `end`, or all.
    mutating func pull(from log: TestLog, upTo end: Int? = nil) {
        for (offset, entry) in log.entries(after: confirmed.offset, upTo: end) {
            confirmed.apply(entry, at: offset, schemas: schemas)
            if case .event(let event) = entry {
                _ = clock.observe(event.timestamp, wall: event.timestamp.milliseconds)
            }
        }
        own.removeAll { confirmed.vector.covers($0.event.dot) }
    }

    mutating func sync(with log: inout TestLog) {
        push(to: &log)
        pull(from: log)
    }
}
