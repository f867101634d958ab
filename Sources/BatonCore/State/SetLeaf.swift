/// The live elements of a set, each with the events that support it.
public struct SetLeaf: Hashable, Sendable {
    /// The supports of each element; never empty.
    public private(set) var elements: [Value: [Stamp]]

    /// Holds these elements, as they were stored.
    public init(_ elements: [Value: [Stamp]] = [:]) { self.elements = elements }

    /// An add: a support, in place of those that its writer had seen.
    mutating func add(_ element: Value, by stamp: Stamp) {
        elements[element, default: []].removeAll { stamp.covers($0) }
        elements[element, default: []].append(stamp)
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

    /// Removes of all elements what `stamp`'s writer had seen.
    mutating func removeAll(by stamp: Stamp) {
        for element in Array(elements.keys) { remove(element, by: stamp) }
    }

    var isEmpty: Bool { elements.isEmpty }
}
