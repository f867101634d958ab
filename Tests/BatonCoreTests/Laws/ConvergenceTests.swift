import BatonCore
import Testing

/// The laws of section 5.1, on random histories; a failure prints the seed and what happened.
struct ConvergenceTests {
    static let seeds: [UInt64] = Array(1...200)

    @Test(arguments: seeds) func `The fold is what the definition says`(seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        let state = history.log.folded(history.schemas)
        let events = ReferenceEvent.resolving(history.log)
        let reference = ReferenceState(events, history.schemas)
        #expect(state.canonicalJSON == reference.canonicalJSON, "\(history.trace)")
        for id in ["thing/x", "thing/y"] {
            let entity = try EntityID(id)
            let value = state.value(of: entity, schemas: history.schemas)
            #expect(value == reference.value(of: entity), "\(history.trace)")
        }
    }

    @Test(arguments: seeds) func `Any causal order gives the same bytes`(seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        let expected = try Face(history.log.folded(history.schemas), history.schemas)
        var random = SplitMix64(seed: seed)
        for _ in 0..<3 {
            var state = StreamState()
            for (offset, event) in Self.shuffled(history.log, &random) {
                state.apply(.event(event), at: offset, schemas: history.schemas)
            }
            #expect(try Face(state, history.schemas) == expected, "\(history.trace)")
        }
    }

    @Test(arguments: seeds) func `Explicit vectors say the same as offsets`(seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        var state = StreamState()
        for event in ReferenceEvent.resolving(history.log) {
            state.apply(.event(event.withoutOffsets), schemas: history.schemas)
        }
        let folded = history.log.folded(history.schemas)
        #expect(
            try Face(state, history.schemas) == Face(folded, history.schemas), "\(history.trace)")
    }

    @Test(arguments: seeds) func `Duplicates change nothing`(seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        var random = SplitMix64(seed: seed)
        var state = StreamState()
        let entries = history.log.entries(after: .start)
        for (index, (offset, entry)) in entries.enumerated() {
            state.apply(entry, at: offset, schemas: history.schemas)
            let before = state
            let (earlier, again) = entries[random.below(index + 1)]
            let outcome = state.apply(again, at: earlier, schemas: history.schemas)
            #expect(outcome == .alreadyApplied)
            #expect(state == before, "\(history.trace)")
        }
    }

    @Test(arguments: seeds) func `A snapshot and the tail are the whole`(seed: UInt64) throws {
        let history = try RandomHistory(seed: seed)
        let whole = try Face(history.log.folded(history.schemas), history.schemas)
        var random = SplitMix64(seed: seed)
        let cut = random.below(history.log.entries.count + 1)
        var head = StreamState()
        for (offset, entry) in history.log.entries(after: .start, upTo: cut) {
            head.apply(entry, at: offset, schemas: history.schemas)
        }
        var stored = head.storedAgain
        for (offset, entry) in history.log.entries(after: head.offset) {
            stored.apply(entry, at: offset, schemas: history.schemas)
        }
        #expect(try Face(stored, history.schemas) == whole, "cut \(cut) \(history.trace)")
    }

    @Test(arguments: seeds) func `A device that is ahead of the log ends where all do`(
        seed: UInt64
    ) throws {
        let history = try RandomHistory(seed: seed)
        var random = SplitMix64(seed: seed)
        let entries = history.log.entries(after: .start)
        let replica = entries.isEmpty ? nil : entries[random.below(entries.count)].1.dot.replica
        // The device holds its own later events as pending while it pulls the others.
        for cut in 0...entries.count {
            var state = StreamState()
            for (offset, entry) in entries.prefix(cut) {
                state.apply(entry, at: offset, schemas: history.schemas)
            }
            var confirmed = state
            for (_, entry) in entries.dropFirst(cut) where entry.dot.replica == replica {
                guard case .event(let event) = entry, event.context.seen <= confirmed.offset
                else { break }
                state.apply(entry, schemas: history.schemas)
            }
            for (offset, entry) in entries.dropFirst(cut) {
                confirmed.apply(entry, at: offset, schemas: history.schemas)
            }
            #expect(
                confirmed.canonicalJSON == history.log.folded(history.schemas).canonicalJSON,
                "\(history.trace)")
            if cut % 7 != 0 { continue }
            #expect(state.vector.order(to: confirmed.vector) != .after)
        }
    }

    /// The events of a log in a random order that keeps to causality.
    private static func shuffled(
        _ log: TestLog, _ random: inout SplitMix64
    ) -> [(Offset, Event)] {
        var waiting = Array(zip(log.entries(after: .start).map(\.0), ReferenceEvent.resolving(log)))
        var done: [ReplicaID: UInt64] = [:]
        var order: [(Offset, Event)] = []
        while !waiting.isEmpty {
            let ready = waiting.indices.filter { index in
                let next = waiting[index].1
                return next.event.dot.counter.rawValue
                    == done[next.event.dot.replica, default: 0] + 1
                    && next.seen.allSatisfy { done[$0.key, default: 0] >= $0.value }
            }
            let (offset, next) = waiting.remove(at: random.pick(ready))
            done[next.event.dot.replica] = next.event.dot.counter.rawValue
            order.append((offset, next.event))
        }
        return order
    }
}

/// All that a state shows to the outside.
private struct Face: Equatable {
    let canonical: String
    let values: [String]
    let conflicts: [Conflict]

    init(_ state: StreamState, _ schemas: SchemaSet) throws {
        canonical = state.canonicalJSON
        values = try ["thing/x", "thing/y"].map { try state.json(of: $0, schemas) }
        conflicts = state.conflicts(schemas: schemas)
    }
}
