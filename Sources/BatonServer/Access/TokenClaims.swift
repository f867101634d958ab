public import BatonCore
public import JWTKit
import SwiftProtobuf

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
    /// Who the token was made for: a person, a till, a device. Tokens can be revoked by it.
    public let subject: String?
    /// The only replica that may push with it.
    public let replica: String?
    /// Where the holder stands.
    public let channel: String?
    /// Who issued it.
    public let issuer: String?
    /// Whom it is for.
    public let audience: [String]?
    /// Its own id, by which it can be revoked.
    public let id: String?
    /// Seconds since 1970 when it was issued.
    public let issued: Int64?
    /// Seconds since 1970 from which on the token is worth nothing.
    public let expires: Int64
    /// Seconds since 1970 before which it is worth nothing.
    public let notBefore: Int64?
    /// Who handed it on, if somebody did.
    public let via: TokenGiver?
    /// Who took it then, if that one showed a token of his own, whose role this one has.
    public let by: TokenGiver?

    enum CodingKeys: String, CodingKey {
        case tenant, role, streams, entities, replica, channel, via, by
        case subject = "sub"
        case issuer = "iss"
        case audience = "aud"
        case id = "jti"
        case issued = "iat"
        case expires = "exp"
        case notBefore = "nbf"
    }

    /// Joins the claims.
    public init(
        tenant: TenantID, role: Role, streams: [String], entities: [String]? = nil,
        subject: String? = nil, replica: ReplicaID? = nil, channel: ChannelName? = nil,
        issuer: String? = nil, audience: [String]? = nil, id: String? = nil,
        issued: Int64? = nil, expires: Int64, notBefore: Int64? = nil, via: TokenGiver? = nil,
        by: TokenGiver? = nil
    ) {
        self.tenant = tenant.description
        self.role = role.rawValue
        self.streams = streams
        self.entities = entities
        self.subject = subject
        self.replica = replica?.description
        self.channel = channel?.description
        self.issuer = issuer
        self.audience = audience
        self.id = id
        self.issued = issued
        self.expires = expires
        self.notBefore = notBefore
        self.via = via
        self.by = by
    }

    /// Reads the claims of a token. Members that are not known are passed over, those that are must have
    /// their form.
    package init(json: [UInt8]) throws(TokenRefusal) {
        let reader = ClaimReader(members: try TokenText.object(json, .claims))
        tenant = try reader.needed("tenant", reader.text("tenant"))
        role = try reader.needed("role", reader.text("role"))
        streams = try reader.needed("streams", reader.texts("streams"))
        entities = try reader.texts("entities")
        subject = try reader.text("sub")
        replica = try reader.text("replica")
        channel = try reader.text("channel")
        issuer = try reader.text("iss")
        audience = try reader.textOrTexts("aud")
        id = try reader.text("jti")
        issued = try reader.date("iat")
        expires = try reader.needed("exp", reader.date("exp"))
        notBefore = try reader.date("nbf")
        via = try reader.giver("via")
        by = try reader.giver("by")
    }

    /// Nothing beyond the signature: that is ``TokenVerifier``'s.
    public func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// The caller that these claims make, with a token that was signed by `key`.
    func principal(signedBy key: String) throws(TokenRefusal) -> Principal {
        guard let tenant = try? TenantID(tenant) else {
            throw TokenRefusal(.claims, "tenant is no name of one")
        }
        guard let role = Role(rawValue: role) else {
            throw TokenRefusal(.claims, "role is none of \(Role.allCases.map(\.rawValue))")
        }
        var only: ReplicaID?
        if let replica {
            only = ReplicaID(replica)
            guard only != nil else { throw TokenRefusal(.claims, "replica is no replica id") }
        }
        var place: ChannelName?
        if let channel {
            place = try? ChannelName(channel)
            guard place != nil else { throw TokenRefusal(.claims, "channel is no channel's name") }
        }
        for (name, other) in [("via", via), ("by", by)] {
            guard other?.replica.map({ ReplicaID($0) != nil }) ?? true else {
                throw TokenRefusal(.claims, "the replica of \(name) is no replica id")
            }
        }
        guard streams.allSatisfy(StreamScope.isValid) else {
            throw TokenRefusal(.claims, "streams names what is neither a stream, PREFIX* nor *")
        }
        guard entities?.allSatisfy(EntityScope.isValid) ?? true else {
            throw TokenRefusal(
                .claims, "entities names what is neither TYPE/ID, TYPE/PREFIX* nor *")
        }
        return Principal(
            tenant: tenant, role: role, streams: StreamScope(streams), replica: only,
            channel: place, entities: entities.map { .named($0) } ?? .all,
            token: TokenFacts(
                id: id, subject: subject, issued: issued, expires: expires, key: key, giver: via,
                taker: by))
    }
}

/// Reads the members of a token's claims.
private struct ClaimReader {
    let members: [String: Google_Protobuf_Value]

    func needed<Claim>(_ name: String, _ claim: Claim?) throws(TokenRefusal) -> Claim {
        guard let claim else { throw TokenRefusal(.claims, "there is no \(name)") }
        return claim
    }

    func text(_ name: String) throws(TokenRefusal) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.text else {
            throw TokenRefusal(.claims, "\(name) is not a text")
        }
        return text
    }

    func texts(_ name: String) throws(TokenRefusal) -> [String]? {
        guard let value = members[name] else { return nil }
        guard case .listValue(let list)? = value.kind else {
            throw TokenRefusal(.claims, "\(name) is not a list of texts")
        }
        var texts: [String] = []
        for element in list.values {
            guard let text = element.text else {
                throw TokenRefusal(.claims, "\(name) is not a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    /// What is said of another's token.
    func giver(_ name: String) throws(TokenRefusal) -> TokenGiver? {
        guard let giver = try members(name) else { return nil }
        return TokenGiver(
            id: try giver.text("jti"), subject: try giver.text("sub"),
            replica: try giver.text("replica"), issued: try giver.date("iat"),
            key: try giver.text("key"), account: try giver.text("account"))
    }

    /// An object of claims.
    private func members(_ name: String) throws(TokenRefusal) -> ClaimReader? {
        guard let value = members[name] else { return nil }
        guard case .structValue(let object)? = value.kind else {
            throw TokenRefusal(.claims, "\(name) is not an object")
        }
        return ClaimReader(members: object.fields)
    }

    func textOrTexts(_ name: String) throws(TokenRefusal) -> [String]? {
        if let text = members[name]?.text { return [text] }
        return try texts(name)
    }

    /// A NumericDate (RFC 7519 section 2), whole seconds of it.
    func date(_ name: String) throws(TokenRefusal) -> Int64? {
        guard let value = members[name] else { return nil }
        guard case .numberValue(let number)? = value.kind,
            let seconds = Int64(exactly: number.rounded(.down)),
            seconds.magnitude <= largestExactInteger
        else { throw TokenRefusal(.claims, "\(name) is not a time in seconds since 1970") }
        return seconds
    }
}
