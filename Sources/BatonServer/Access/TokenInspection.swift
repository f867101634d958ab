/// What a token says, and whether it would be taken: for a person at a terminal.
public struct TokenInspection: Sendable {
    /// The key that it says it was signed with.
    public let keyID: String?
    /// What it says, whether it is true or not; `nil` where it cannot be read.
    public let claims: TokenClaims?
    /// Why it would not be taken; `nil` where it would.
    public let refusal: TokenRefusal?

    /// Looks at a token as a server does.
    public init(
        of token: String, keys: TokenKeys, rules: TokenRules, revocations: Revocations,
        now: Int64
    ) {
        let text = try? TokenText(token)
        keyID = text?.keyID
        claims = text.flatMap { try? TokenClaims(json: $0.payload) }
        let book = RevocationBook()
        book.put(revocations)
        let verifier = TokenVerifier(
            keys: keys, rules: rules, revoked: book, limit: 1, now: { now })
        do throws(Problem) {
            _ = try verifier.principal(authorization: "Bearer \(token)")
            refusal = nil
        } catch {
            refusal = error.refusal
        }
    }
}
