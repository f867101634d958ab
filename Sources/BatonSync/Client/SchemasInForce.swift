import BatonCore
import BatonWire

/// The schemas by which this client merges, with their name.
struct SchemasInForce: Sendable {
    let set: SchemaSet
    let digest: SchemaDigest

    /// The app's own, and those that were taken from a server. Of two for one type the later
    /// version stands; of the same version the server's.
    init(own: SchemaSet, learned: SchemaSet) {
        set = SchemaSet(learned.sorted + own.sorted)
        digest = SchemaDigest(of: set)
    }
}
