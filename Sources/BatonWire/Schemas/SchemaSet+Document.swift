public import BatonCore
import SwiftProtobuf

extension SchemaSet {
    /// Reads the answer of `GET /v1/schemas`, as far as it can be read: a document of a form that
    /// only a newer reader knows is left out.
    public init(document: [UInt8]) throws(WireFailure) {
        let value = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: document))
        guard case .object(let members) = value, case .list(let documents)? = members["schemas"]
        else { throw WireFailure(.malformedJSON, "an object with the list schemas is expected") }
        self.init(
            documents.compactMap { try? Schema(json: $0.canonicalBytes) })
    }

    /// The schemas as the answer of `GET /v1/schemas`: `{"schemas": […]}`, by type.
    public var document: [UInt8] {
        Value.object(["schemas": .list(sorted.map(\.document))]).canonicalBytes
    }
}
