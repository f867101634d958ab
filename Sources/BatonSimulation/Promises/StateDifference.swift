import BatonCore

/// Where two states differ, in words.
enum StateDifference {
    /// The first entity whose canonical encodings differ; `nil` where none do.
    static func between(_ expected: StreamState, _ found: StreamState) -> String? {
        let names = Set(expected.entities.keys).union(found.entities.keys).sorted()
        for name in names {
            let left = text(expected, name)
            let right = text(found, name)
            // Byte for byte: Swift's strings hold different spellings of "é" to be equal.
            guard !left.utf8.elementsEqual(right.utf8) else { continue }
            return "\(name) is \(excerpt(right, besides: left)) instead of "
                + excerpt(left, besides: right)
        }
        return nil
    }

    private static func text(_ state: StreamState, _ name: EntityID) -> String {
        state.entities[name]?.canonicalJSON ?? "nothing"
    }

    /// What is around the first difference.
    private static func excerpt(_ text: String, besides other: String) -> String {
        let same = zip(text.utf8, other.utf8).prefix { $0 == $1 }.count
        let start = max(0, same - 80)
        let part = Array(text.utf8).dropFirst(start).prefix(240)
        return (start > 0 ? "…" : "") + String(decoding: part, as: UTF8.self)
    }
}
