package import BatonCore
package import BatonWire

/// The schemas by which this client merges, with their name.
package struct SchemasInForce: Sendable {
    /// The schemas.
    package let set: SchemaSet
    /// Their name.
    package let digest: SchemaDigest

    /// The app's own, and those that were taken from a server. Of two for one type the later
    /// version stands; of the same version the server's.
    package init(own: SchemaSet, learned: SchemaSet) {
        set = SchemaSet(learned.sorted + own.sorted)
        digest = SchemaDigest(of: set)
    }
}
