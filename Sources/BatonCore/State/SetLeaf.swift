/// The live elements of a set, each with the writes that support it.
public struct SetLeaf: Hashable, Sendable {
    /// One live write of an element.
    public struct Support: KeepableWrite, Hashable, Sendable {
        /// The event that supports the element.
        public let stamp: Stamp
        /// Of a keep: the add that is kept. `nil` for an add.
        public let origin: Origin?

        /// Joins the parts.
        public init(stamp: Stamp, origin: Origin? = nil) {
            self.stamp = stamp
            self.origin = origin
        }
    }

    /// The supports of each element; never empty.
    public private(set) var elements: [Value: [Support]]

    /// Holds these elements, as they were stored.
    public init(_ elements: [Value: [Support]] = [:]) { self.elements = elements }

    /// An add: a support, in place of those that its writer had seen.
    mutating func add(_ element: Value, by stamp: Stamp) {
        elements[element, default: []].removeAll { stamp.covers($0) }
        elements[element, default: []].append(Support(stamp: stamp))
    }

    /// A keep: a support, in place of the keeps of the same add that its writer had seen.
    mutating func keep(_ element: Value, origin: Origin, by stamp: Stamp) {
        elements[element, default: []].removeAll {
            $0.origin?.dot == origin.dot && stamp.covers($0)
        }
        elements[element, default: []].append(Support(stamp: stamp, origin: origin))
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
