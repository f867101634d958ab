/// What is known of the token that a caller shows: by which it ends, or is revoked.
public struct TokenFacts: Hashable, Sendable {
    /// Its own id.
    public let id: String?
    /// Whom it was made for.
    public let subject: String?
    /// Seconds since 1970 when it was issued.
    public let issued: Int64?
    /// Seconds since 1970 from which on it is worth nothing.
    public let expires: Int64
    /// The fingerprint of the key that signed it.
    let key: String
    /// By whom it was handed on, if it was.
    let giver: TokenGiver?
    /// By whom it was taken then, if that one showed a token of his own.
    let taker: TokenGiver?

    /// On whose tokens it hangs: it is worth something as long as all of theirs are.
    var others: [TokenGiver] { [giver, taker].compactMap(\.self) }

    init(
        id: String?, subject: String?, issued: Int64?, expires: Int64, key: String,
        giver: TokenGiver? = nil, taker: TokenGiver? = nil
    ) {
        self.id = id
        self.subject = subject
        self.issued = issued
        self.expires = expires
        self.key = key
        self.giver = giver
        self.taker = taker
    }

    /// Of a caller in the same process, who shows none.
    public static let none = TokenFacts(id: nil, subject: nil, issued: nil, expires: .max, key: "")
}
