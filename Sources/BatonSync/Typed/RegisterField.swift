/// A field that can be emptied.
public protocol ClearableField: TypedPlace {}

extension ClearableField {
    /// Empties it. What another device writes there meanwhile survives.
    public func clear() async throws(SyncFailure) {
        let field = self
        try await write { $0.clear(field) }
    }
}

/// A field of one value. Of concurrent writes the schema's pick stands, and the others are listed as
/// conflicts.
public struct RegisterField<Content: FieldContent>: ClearableField {
    /// Where it lies.
    public let place: FieldPlace

    /// The register at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// What stands there; `nil` where nothing does, or what this version of the schema does not know.
    public var value: Content? { place.value.flatMap { Content(fieldValue: $0) } }

    /// Writes it.
    public func set(_ content: Content) async throws(SyncFailure) {
        let field = self
        try await write { $0.set(field, to: content) }
    }
}

/// A register that shows all concurrent writes (the pick `all`), until one that saw them replaces them.
public struct ManyField<Content: FieldContent>: ClearableField {
    /// Where it lies.
    public let place: FieldPlace

    /// The register at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// What stands there, in ascending order.
    public var values: [Content] { place.contents() }

    /// Writes one value in place of all.
    public func set(_ content: Content) async throws(SyncFailure) {
        let field = self
        try await write { $0.set(field, to: content) }
    }
}

extension FieldPlace {
    /// The elements of a list that can be read.
    func contents<Content: FieldContent>() -> [Content] {
        guard case .list(let elements)? = value else { return [] }
        return elements.compactMap { Content(fieldValue: $0) }
    }
}
