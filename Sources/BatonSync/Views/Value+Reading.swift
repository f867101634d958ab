import BatonCore

extension Value {
    /// The members of an object in ascending order of their keys; none for anything else.
    var members: [(String, Value)] {
        guard case .object(let members) = self else { return [] }
        return members.sorted { $0.key < $1.key }.map { ($0.key.string, $0.value) }
    }

    /// The texts of a list.
    var texts: [String] {
        guard case .list(let elements) = self else { return [] }
        return elements.compactMap(\.string)
    }

    /// The members of an object that are texts.
    var textMembers: [String: String] {
        Dictionary(
            members.compactMap { key, value in value.string.map { (key, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}
