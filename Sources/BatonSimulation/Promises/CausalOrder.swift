import BatonCore

/// The log is dense (L1), each replica's counters in it are contiguous from 1 (L2), and every event
/// stands after all that its context names (L4).
struct CausalOrder: Promise {
    static let name = "causal order of the log"

    private var heads: [StreamID: Offset] = [:]
    private var counters: [StreamID: VersionVector] = [:]

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        if case .restored = fact { begin(with: histories) }
        guard case .grew(let stream, let entries) = fact else { return nil }
        for logged in entries {
            let place = "\(stream) at \(logged.offset)"
            let next = heads[stream, default: .start].next
            guard logged.offset == next else {
                return broken(
                    stream.description, expected: "offset \(next) next", found: "\(logged.offset)")
            }
            heads[stream] = next
            let dot = logged.entry.dot
            let seen = counters[stream, default: VersionVector()]
            guard dot.counter == seen[dot.replica].next else {
                return broken(
                    place, expected: "counter \(seen[dot.replica].next) of \(dot.replica) next",
                    found: "\(dot)")
            }
            if case .event(let event) = logged.entry {
                guard event.context.seen < logged.offset else {
                    return broken(
                        place, expected: "a context of what stands before it",
                        found: "\(dot) has seen \(event.context.seen)")
                }
                for named in event.context.beyond.sorted where !seen.covers(named) {
                    return broken(
                        place, expected: "a context of what stands before it",
                        found: "\(dot) has seen \(named), which is not in the log")
                }
            }
            counters[stream, default: VersionVector()].insert(dot)
        }
        return nil
    }

    /// The log is another one, which begins with what was in the backup.
    private mutating func begin(with histories: [StreamID: History]) {
        heads = histories.mapValues(\.head)
        counters = histories.mapValues { history in
            var counters = VersionVector()
            for logged in history.entries { counters.insert(logged.entry.dot) }
            return counters
        }
    }
}
