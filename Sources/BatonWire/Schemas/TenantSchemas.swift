public import BatonCore

/// The schemas in force, tenant by tenant: those that all tenants share, and of some tenants
/// documents of their own (specification section 13.4).
///
/// What one tenant declares is a matter of that tenant alone: no answer to another shows it.
public struct TenantSchemas: Sendable {
    /// What is in force for one tenant, with what answers say of it.
    public struct InForce: Sendable {
        /// By which the tenant's streams are merged.
        public let set: SchemaSet
        /// Their name in answers that carry a state hash.
        public let digest: SchemaDigest
        /// The answer of `GET /v1/schemas`, in UTF-8.
        public let document: [UInt8]

        init(_ set: SchemaSet) {
            self.set = set
            digest = SchemaDigest(of: set)
            document = set.document
        }
    }

    /// What is in force for tenants without documents of their own.
    public let shared: InForce
    private let own: [TenantID: InForce]

    /// `shared` for all tenants; for those named in `own` these documents stand beside them, each
    /// in place of the shared one of its type. O(size of all schemas): once, when a server starts.
    public init(_ shared: SchemaSet, own: [TenantID: SchemaSet] = [:]) {
        self.shared = InForce(shared)
        self.own = own.mapValues { InForce($0.over(shared)) }
    }

    /// What is in force for a tenant. O(1).
    public subscript(tenant: TenantID) -> InForce { own[tenant] ?? shared }
}

extension SchemaSet {
    /// These schemas, and those of `others` whose types are not among them.
    package func over(_ others: SchemaSet) -> SchemaSet {
        SchemaSet(others.sorted.filter { self[$0.type] == nil } + sorted)
    }
}
