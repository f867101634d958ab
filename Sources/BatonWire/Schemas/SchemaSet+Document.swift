public import BatonCore

extension SchemaSet {
    /// The schemas as the answer of `GET /v1/schemas`: `{"schemas": […]}`, by type.
    public var document: [UInt8] {
        Array(Value.object(["schemas": .list(sorted.map(\.document))]).canonicalJSON.utf8)
    }
}
