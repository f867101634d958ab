/// A number to which every device's increments add up.
public struct CountField: ClearableField {
    /// Where it lies.
    public let place: FieldPlace

    /// The count at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// The number now; 0 where nothing was counted.
    public var value: Int64 { place.value?.integer ?? 0 }

    /// Adds to it; a negative number takes away.
    public func add(_ number: Int64) async throws(SyncFailure) {
        let field = self
        try await write { $0.add(number, to: field) }
    }

    /// Says what the number is. What others add meanwhile is added to it.
    public func set(_ number: Int64) async throws(SyncFailure) {
        let field = self
        try await write { $0.set(field, to: number) }
    }
}
