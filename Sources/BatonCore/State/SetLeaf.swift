/// The live elements of a set, each with the events that support it.
public struct SetLeaf: Hashable, Sendable {
    /// The supports of each element; never empty.
    public private(set) var elements: [Value: [Stamp]]

    /// Holds these elements, as they were stored.
    public init(_ elements: [Value: [Stamp]] = [:]) { self.elements = elements }

    /// An add: a support, in place of those that its writer had seen.
    mutating func add(_ element: Value, by stamp: Stamp) {
        elements[element, default: []].replace(by: stamp)
    }

    /// A keep: a support, in place of those that its writer had seen, or beside these.
    mutating func keep(_ element: Value, origin: Origin, by stamp: Stamp) {
        guard origin.isBeside else { return add(element, by: stamp) }
        elements[element, default: []].append(stamp)
    }

    /// A remove: takes the supports that its writer had seen, and no others.
    mutating func remove(_ element: Value, by stamp: Stamp) {
        guard let supports = elements[element] else { return }
        let left = supports.filter { !stamp.covers($0) }
        elements[element] = left.isEmpty ? nil : left
    }

    /// Removes of all elements what `stamp`'s writer had seen. O(supports): elements of which nothing
    /// was seen are passed by, and neither looked up nor copied.
    mutating func removeAll(by stamp: Stamp) {
        let seen = elements.filter { $0.value.contains(where: stamp.covers) }
        for element in seen.keys { remove(element, by: stamp) }
    }

    var isEmpty: Bool { elements.isEmpty }
}

extension [Stamp] {
    /// A support in place of those that its writer had seen.
    fileprivate mutating func replace(by stamp: Stamp) {
        removeEach { stamp.covers($0) }
        append(stamp)
    }
}
