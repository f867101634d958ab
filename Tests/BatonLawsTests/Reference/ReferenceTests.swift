import BatonCore
import BatonLaws
import Testing

/// The merge against the reference interpreter, on random histories over random schemas.
struct ReferenceTests {
    @Test(arguments: Cases.batches)
    func `The fold of a log is what the definition says`(batch: UInt64) throws {
        for seed in Cases.seeds(of: batch) {
            let history = try History(seed: seed)
            let entries = history.log.entries(after: .start)
            let state = history.log.folded(history.schemas)
            guard agrees(state, entries, history) else { return }
        }
    }

    @Test(arguments: Cases.batches)
    func `A part of the log with pending events on top is what the definition says`(
        batch: UInt64
    ) throws {
        for seed in Cases.seeds(of: batch) {
            let history = try History(seed: seed)
            var random = SplitMix64(seed: seed)
            let entries = history.log.entries(after: .start)
            let cut = random.below(entries.count + 1)
            var view = Array(entries.prefix(cut))
            var have = VersionVector()
            for (_, entry) in view { have.insert(entry.dot) }
            // One replica holds its own later events as pending, as far as it can have them.
            let replica = ReplicaID(high: 0, low: UInt64(1 + random.below(4)))
            for (_, entry) in entries.dropFirst(cut) where entry.dot.replica == replica {
                guard case .event(let event) = entry, event.context.seen.rawValue <= cut,
                    event.context.beyond.sorted.allSatisfy(have.covers)
                else { break }
                view.append((.start, entry))
            }
            var state = StreamState()
            for (offset, entry) in view {
                #expect(state.apply(entry, at: offset, schemas: history.schemas) == .applied)
            }
            guard agrees(state, view, history) else { return }
        }
    }

    @Test(arguments: Cases.batches)
    func `An event carries the keeps that the specification asks for`(batch: UInt64) throws {
        for seed in Cases.seeds(of: batch) {
            let history = try History(seed: seed)
            var random = SplitMix64(seed: seed)
            let entries = history.log.entries(after: .start)
            let state = history.log.folded(history.schemas)
            let reference = ReferenceState(entries, history.schemas)
            let drawing = RandomOperations(history.schemas)
            for _ in 0..<4 {
                var operations: [FieldOperation] = []
                while operations.count < 1 + random.below(3) {
                    let operation = try drawing.next(&random)
                    if case .keep = operation.action { continue }
                    guard ReferenceState.rule(for: operation, history.schemas) != nil else {
                        continue
                    }
                    operations.append(operation)
                }
                let keeps = state.keeps(for: operations, schemas: history.schemas)
                let expected = reference.keeps(for: operations)
                guard Set(keeps) == expected, keeps.count == expected.count else {
                    Issue.record(
                        "\(operations): \(keeps)\n not \(expected)\n\(history.trace)")
                    return
                }
            }
        }
    }

    /// Compares all that a state shows; records what differs.
    private func agrees(
        _ state: StreamState, _ entries: [(Offset, Entry)], _ history: History
    ) -> Bool {
        let reference = ReferenceState(entries, history.schemas)
        if state.canonicalJSON != reference.canonicalJSON {
            Issue.record(
                "\(state.canonicalJSON)\n not \(reference.canonicalJSON)\n\(history.trace)")
            return false
        }
        for entity in history.entities {
            let value = state.value(of: entity, schemas: history.schemas)
            let right = reference.value(of: entity)
            if value != right {
                Issue.record(
                    """
                    \(entity): \(value?.canonicalJSON ?? "nothing")
                     not \(right?.canonicalJSON ?? "nothing")
                    \(state.canonicalJSON)
                    \(history.trace)
                    """)
                return false
            }
        }
        let conflicts = state.conflicts(schemas: history.schemas).map(\.line)
        if conflicts != reference.conflicts {
            Issue.record("\(conflicts)\n not \(reference.conflicts)\n\(history.trace)")
            return false
        }
        return true
    }
}
