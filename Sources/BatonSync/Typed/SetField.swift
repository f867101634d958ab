/// Elements, each of them once. An element that is added here while it is removed there stays.
public struct SetField<Element: FieldContent>: ClearableField {
    /// Where it lies.
    public let place: FieldPlace

    /// The set at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// The elements now, in ascending order.
    public var values: [Element] { place.contents() }

    /// Whether an element is in it.
    public func contains(_ element: Element) -> Bool { values.contains(element) }

    /// Adds an element.
    public func insert(_ element: Element) async throws(SyncFailure) {
        let field = self
        try await write { $0.insert(element, into: field) }
    }

    /// Removes an element.
    public func remove(_ element: Element) async throws(SyncFailure) {
        let field = self
        try await write { $0.remove(element, from: field) }
    }
}

/// Facts in the order of their times; all of them are kept.
public struct LogField<Fact: FieldContent>: TypedPlace {
    /// Where it lies.
    public let place: FieldPlace

    /// The log at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// The facts now, oldest first.
    public var values: [Fact] { place.contents() }

    /// Adds a fact.
    public func append(_ fact: Fact) async throws(SyncFailure) {
        let field = self
        try await write { $0.append(fact, to: field) }
    }
}
