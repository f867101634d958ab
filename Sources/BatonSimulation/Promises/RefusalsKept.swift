import BatonCore

/// Every write that was refused for good stands in the durable list of a device that wrote it, for
/// its app to show, and as a void entry in the log; and what stands in such a list took no effect.
struct RefusalsKept: Promise {
    static let name = "refusals are kept"

    private var copies = CopiedWrites()
    /// What was refused in a log that was lost: the device's list outlives it.
    private var lost: Set<Dot> = []

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        copies.note(fact)
        if case .restored(let log) = fact {
            for logged in log.entries.values.joined() {
                if case .void(let dot, _) = logged.entry { lost.insert(dot) }
            }
        }
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream] else { continue }
            let refused = ending.refused[stream] ?? []
            let marks = Set(refused.compactMap { Mark(of: $0.event) })
            for logged in history.entries {
                guard case .void(let dot, let refusal) = logged.entry, let mark = logged.mark,
                    !marks.contains(mark)
                else { continue }
                return broken(
                    "\(stream) at \(logged.offset)",
                    expected: "\(mark) (\(dot), \(refusal.code.rawValue)) in a device's list",
                    found: "no device knows of it")
            }
            for (device, event) in refused {
                guard let mark = Mark(of: event), !copies.pending.contains(mark),
                    !lost.contains(event.dot)
                else { continue }
                let entry = history.entry(of: event.dot)?.entry
                guard case .void? = entry else {
                    return broken(
                        "\(stream), \(device)", expected: "a void entry at \(event.dot) of \(mark)",
                        found: entry == nil ? "nothing" : "an event")
                }
            }
        }
        return nil
    }
}
