import BatonCore

/// However often a write is sent, under whatever dots and keys, it is in the log at most once.
struct NothingDoubled: Promise {
    static let name = "nothing is doubled"

    private var copies = CopiedWrites()

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        copies.note(fact)
        guard case .grew(let stream, let entries) = fact else { return nil }
        for logged in entries {
            guard let mark = logged.mark, !copies.pending.contains(mark) else { continue }
            // A stream and one that adopted it are held together.
            let places = histories.sorted { $0.key < $1.key }.flatMap { other, history in
                (history.places[mark] ?? []).map { "\(history.entries[$0].offset) of \(other)" }
            }
            guard places.count > 1 else { continue }
            return broken(
                stream.description, expected: "\(mark) once in the log",
                found: "it is at " + places.joined(separator: " and "))
        }
        return nil
    }
}
