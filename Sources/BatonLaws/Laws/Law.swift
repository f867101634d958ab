internal import BatonCore

/// What every merge must satisfy, whatever the schema and the history (specification section 5.1).
package enum Law: String, CaseIterable, Sendable {
    /// Any order of delivery that keeps to causality gives the same state.
    case order
    /// An event that comes again changes nothing.
    case again
    /// Any cut into a stored snapshot and the tail after it gives the whole.
    case snapshot
    /// A context said by an offset of the log and the same one said by vectors mean the same.
    case vectors
    /// Events only add to what was seen; what was taken away never comes back; what an event has
    /// not put was there before.
    case monotone

    /// How a history breaks the law; `nil` where it keeps to it. The seed is for the law's own
    /// choices, such as the orders that it tries.
    package func breach(in history: History, seed: UInt64) -> String? {
        var random = SplitMix64(seed: seed)
        switch self {
        case .order: return order(history, &random)
        case .again: return again(history, &random)
        case .snapshot: return snapshot(history)
        case .vectors: return vectors(history)
        case .monotone: return monotone(history, &random)
        }
    }

    private func order(_ history: History, _ random: inout SplitMix64) -> String? {
        let expected = StateFace(history.log.folded(history.schemas), of: history)
        for _ in 0..<3 {
            var state = StreamState()
            let order = history.delivered(&random)
            for (offset, entry) in order {
                state.apply(entry, at: offset, schemas: history.schemas)
            }
            let face = StateFace(state, of: history)
            if face != expected {
                return "delivered as \(order.map(\.0)): \(face)\n not \(expected)"
            }
        }
        return nil
    }

    private func again(_ history: History, _ random: inout SplitMix64) -> String? {
        var state = StreamState()
        let entries = history.log.entries(after: .start)
        for (index, (offset, entry)) in entries.enumerated() {
            state.apply(entry, at: offset, schemas: history.schemas)
            let before = state
            let (earlier, known) = entries[random.below(index + 1)]
            let outcome = state.apply(known, at: earlier, schemas: history.schemas)
            if outcome != .alreadyApplied || state != before {
                return "\(known.dot) came again after \(offset): \(outcome)"
            }
            // What does not follow must not go in.
            if let (later, gap) = entries.dropFirst(index + 1).first(where: {
                $0.1.dot.counter > state.vector[$0.1.dot.replica].next
            }) {
                let outcome = state.apply(gap, at: later, schemas: history.schemas)
                let expected = StreamState.Outcome.gap(expected: state.vector[gap.dot.replica].next)
                if outcome != expected || state != before {
                    return "\(gap.dot) came too early, after \(offset): \(outcome)"
                }
            }
        }
        return nil
    }

    private func snapshot(_ history: History) -> String? {
        let entries = history.log.entries(after: .start)
        let whole = StateFace(history.log.folded(history.schemas), of: history)
        var head = StreamState()
        for cut in 0...entries.count {
            if cut > 0 {
                head.apply(entries[cut - 1].1, at: entries[cut - 1].0, schemas: history.schemas)
            }
            var stored = head.storedAgain
            for (offset, entry) in history.log.entries(after: stored.offset) {
                stored.apply(entry, at: offset, schemas: history.schemas)
            }
            if StateFace(stored, of: history) != whole || stored.offset.rawValue != entries.count {
                return "cut at \(cut), of \(entries.count): \(StateFace(stored, of: history))\n"
                    + " not \(whole)"
            }
        }
        return nil
    }

    private func vectors(_ history: History) -> String? {
        var state = StreamState()
        for entry in history.withoutOffsets { state.apply(entry, schemas: history.schemas) }
        // The bytes alone: which kept writes are superseded is known better with offsets.
        let expected = history.log.folded(history.schemas).canonicalJSON
        return state.canonicalJSON == expected
            ? nil : "by vectors: \(state.canonicalJSON)\n not \(expected)"
    }

    private func monotone(_ history: History, _ random: inout SplitMix64) -> String? {
        var state = StreamState()
        var live: Set<LiveWrite> = []
        for (offset, entry) in history.delivered(&random) {
            let seen = state.vector
            state.apply(entry, at: offset, schemas: history.schemas)
            var expected = seen
            expected.insert(entry.dot)
            guard state.vector == expected, expected.order(to: seen) == .after else {
                return "\(entry.dot) made \(seen.sorted) into \(state.vector.sorted)"
            }
            let now = state.liveWrites
            if let back = now.subtracting(live).first(where: { $0.dot != entry.dot }) {
                return "\(entry.dot) brought back \(back)"
            }
            guard case .event(let event) = entry else {
                if now != live { return "the void \(entry.dot) changed the state" }
                continue
            }
            let places = event.operations.map { "\($0.entity)" }
            if let gone = live.subtracting(now).first(where: { gone in
                !places.contains { gone.place.hasPrefix($0) }
            }) {
                return "\(entry.dot) took \(gone) away, in an entity that it does not name"
            }
            live = now
        }
        return nil
    }
}
