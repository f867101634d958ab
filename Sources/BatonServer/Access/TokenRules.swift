/// What a server asks of tokens besides a good signature.
public struct TokenRules: Hashable, Sendable {
    /// Who may have issued them; empty: anybody who has a key.
    public var issuers: Set<String>
    /// Whom they must be for. Without one, a token that names an audience is for somebody else
    /// (RFC 7519 section 4.1.3).
    public var audience: String?
    /// How far clocks may differ, in seconds.
    public var leeway: Int64

    /// The widest leeway: more would keep expired tokens alive.
    public static let longestLeeway: Int64 = 300

    /// Joins the rules.
    public init(issuers: Set<String> = [], audience: String? = nil, leeway: Int64 = 30) {
        self.issuers = issuers
        self.audience = audience
        self.leeway = leeway
    }

    func check(_ claims: TokenClaims, at seconds: Int64) throws(TokenRefusal) {
        guard isCurrent(claims.expires, at: seconds) else {
            throw TokenRefusal(.expired, "since \(seconds - claims.expires) seconds")
        }
        if let notBefore = claims.notBefore, seconds < notBefore - leeway {
            throw TokenRefusal(.notYet, "for \(notBefore - seconds) seconds")
        }
        if !issuers.isEmpty {
            guard let issuer = claims.issuer, issuers.contains(issuer) else {
                throw TokenRefusal(
                    .issuer, claims.issuer.map { "\($0.prefix(100).debugDescription)" } ?? "none")
            }
        }
        switch (audience, claims.audience) {
        case (nil, nil): break
        case (nil, .some):
            throw TokenRefusal(.audience, "it names one, and this server has no name (--audience)")
        case (.some, nil): throw TokenRefusal(.audience, "none")
        case (.some(let ours), .some(let theirs)):
            guard theirs.contains(ours) else { throw TokenRefusal(.audience, "of others") }
        }
    }

    /// Whether what expires at a time is still worth something.
    func isCurrent(_ expires: Int64, at seconds: Int64) -> Bool {
        seconds - leeway < expires
    }
}
