import BatonCore

/// However often a write is sent, under whatever dots and keys, it is in the log at most once.
struct NothingDoubled: Promise {
    static let name = "nothing is doubled"

    private var copies = CopiedWrites()

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        copies.note(fact, histories)
        guard case .grew(let stream, let entries) = fact, let history = histories[stream] else {
            return nil
        }
        for logged in entries {
            guard let mark = logged.mark, let places = history.places[mark], places.count > 1,
                !copies.pending.contains(mark)
            else { continue }
            let offsets = places.map { history.entries[$0].offset.description }
            return broken(
                stream.description, expected: "\(mark) once in the log",
                found: "it is at " + offsets.joined(separator: " and "))
        }
        return nil
    }
}
