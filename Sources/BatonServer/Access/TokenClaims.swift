public import BatonCore
public import JWTKit

/// The claims of a Baton token (specification section 11.2).
public struct TokenClaims: JWTPayload, Hashable {
    /// Whose data.
    public let tenant: String
    /// `customer`, `kiosk`, `associate`, `service` or `operator`.
    public let role: String
    /// The streams covered; `*` for all, `cust-*` for all that start so.
    public let streams: [String]
    /// The entities covered; `order/*` for all that start so; absent for all.
    public let entities: [String]?
    /// Who the token was made for; for the log only.
    public let subject: String?
    /// The only replica that may push with it.
    public let replica: String?
    /// Where the holder stands.
    public let channel: String?
    /// Seconds since 1970 from which on the token is worth nothing.
    public let expires: Int64
    /// Seconds since 1970 before which it is worth nothing.
    public let notBefore: Int64?

    enum CodingKeys: String, CodingKey {
        case tenant, role, streams, entities, replica, channel
        case subject = "sub"
        case expires = "exp"
        case notBefore = "nbf"
    }

    /// Joins the claims.
    public init(
        tenant: TenantID, role: Role, streams: [String], entities: [String]? = nil,
        subject: String? = nil,
        replica: ReplicaID? = nil, channel: ChannelName? = nil, expires: Int64,
        notBefore: Int64? = nil
    ) {
        self.tenant = tenant.description
        self.role = role.rawValue
        self.streams = streams
        self.entities = entities
        self.subject = subject
        self.replica = replica?.description
        self.channel = channel?.description
        self.expires = expires
        self.notBefore = notBefore
    }

    /// Nothing beyond the signature: time is checked with the verifier's clock and leeway.
    public func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// The caller that these claims make; `nil` where one of them is not valid.
    func principal() -> Principal? {
        guard let tenant = try? TenantID(tenant), let role = Role(rawValue: role) else {
            return nil
        }
        let replica = self.replica.map { ReplicaID($0) }
        let channel = self.channel.map { try? ChannelName($0) }
        if case .some(nil) = replica { return nil }
        if case .some(nil) = channel { return nil }
        return Principal(
            tenant: tenant, role: role, streams: StreamScope(streams), replica: replica ?? nil,
            channel: channel ?? nil, entities: entities.map { .named($0) } ?? .all,
            expires: expires)
    }
}
