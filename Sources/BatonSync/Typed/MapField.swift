/// Entries by their keys, all of one shape. An entry comes into being with the first write below it;
/// one that is edited here while it is removed there stays, whole.
public struct MapField<Entry: TypedPlace>: ClearableField {
    /// Where it lies.
    public let place: FieldPlace

    /// The map at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// The keys now, in ascending order.
    public var keys: [String] { (place.value?.members ?? []).map(\.0) }

    /// Whether there is an entry of that key.
    public func contains(_ key: String) -> Bool { place[key].value != nil }

    /// The entry of a key, to read, or to write and so to make.
    public subscript(key: String) -> Entry { Entry(place[key]) }

    /// Removes an entry.
    public func remove(_ key: String) async throws(SyncFailure) {
        let field = self
        try await write { $0.remove(key, from: field) }
    }
}
