public import BatonCore
import Crypto

/// Names a set of schemas, so that state hashes are compared under equal ones only (specification
/// section 13.3).
public struct SchemaDigest: Hashable, Sendable, CustomStringConvertible {
    /// 16 lowercase hexadecimal digits.
    public let description: String

    /// The first 64 bits of the SHA-256 of the schemas' documents. O(size of the schemas): compute
    /// it when they come into force, and not again.
    public init(of schemas: SchemaSet) {
        description = Hexadecimal.text(SHA256.hash(data: schemas.document).prefix(8))
    }
}
