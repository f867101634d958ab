public import BatonCore

/// An asset that lies elsewhere: a picture, a signed form.
public struct AssetReference: FieldContent {
    /// Where it lies.
    public let uri: String
    /// Its media type: `image/png`.
    public let type: String
    /// What its bytes hash to: `sha256:` and 64 hex digits.
    public let digest: String

    /// Joins the parts.
    public init(uri: String, type: String, digest: String) {
        self.uri = uri
        self.type = type
        self.digest = digest
    }

    /// Reads `{"uri", "type", "digest"}`.
    public init?(fieldValue: Value) {
        guard let uri = fieldValue["uri"]?.string, let type = fieldValue["type"]?.string,
            let digest = fieldValue["digest"]?.string
        else { return nil }
        self.init(uri: uri, type: type, digest: digest)
    }

    /// The reference as a value.
    public var fieldValue: Value {
        .object(["uri": .string(uri), "type": .string(type), "digest": .string(digest)])
    }
}
