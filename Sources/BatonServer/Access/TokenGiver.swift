import BatonCore

/// By whom a token was handed on, or taken (specification section 10.8): what takes his away takes this one
/// too.
public struct TokenGiver: Hashable, Sendable, Codable {
    /// The `jti` of his token.
    public let id: String?
    /// Whom his token was made for.
    public let subject: String?
    /// The replica that it was bound to.
    public let replica: String?
    /// Seconds since 1970 when it was issued.
    public let issued: Int64?
    /// The key that signed it: the first letters of its fingerprint.
    public let key: String?
    /// What he is charged under, and so is this one; `nil` where he is held to nothing.
    public let account: String?

    enum CodingKeys: String, CodingKey {
        case replica, key, account
        case id = "jti"
        case subject = "sub"
        case issued = "iat"
    }

    /// Joins the claims.
    package init(
        id: String?, subject: String?, replica: String?, issued: Int64?, key: String?,
        account: String?
    ) {
        self.id = id
        self.subject = subject
        self.replica = replica
        self.issued = issued
        self.key = key
        self.account = account
    }

    /// He who calls.
    init(_ giver: Principal) {
        self.init(
            id: giver.token.id, subject: giver.token.subject,
            replica: giver.replica?.description, issued: giver.token.issued,
            key: String(giver.token.key.prefix(Self.keyLetters)),
            account: PrincipalBudget.holder(giver))
    }

    /// So many tell a key from all others of a server.
    private static let keyLetters = 16
}
