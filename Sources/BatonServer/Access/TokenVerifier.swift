import BatonCore
import JWTKit
import Synchronization

/// Tells who calls from the `Authorization` header. Verified tokens are remembered until they
/// expire, at most ``ServerLimits/cachedTokens`` of them.
final class TokenVerifier: Sendable {
    private struct Trust {
        var keys: TokenKeys
        /// Callers by the text of their tokens.
        var known: [String: Principal] = [:]
    }

    private let rules: TokenRules
    private let limit: Int
    private let now: @Sendable () -> Int64
    private let trust: Mutex<Trust>
    private let revoked: RevocationBook

    /// `now` gives milliseconds since 1970.
    init(
        keys: TokenKeys, rules: TokenRules, revoked: RevocationBook, limit: Int,
        now: @escaping @Sendable () -> Int64
    ) {
        self.rules = rules
        self.revoked = revoked
        self.limit = limit
        self.now = now
        trust = Mutex(Trust(keys: keys))
    }

    /// Tokens that are remembered, as Prometheus text.
    var text: String {
        Gauge(
            "cached_tokens", "Tokens whose signatures need no second look.",
            trust.withLock { $0.known.count }, limit: limit
        ).text
    }

    /// The keys in force.
    var keys: TokenKeys { trust.withLock { $0.keys } }

    /// Puts other keys in force: a token of a key that is not among them is worth nothing from now on.
    func put(_ keys: TokenKeys) {
        trust.withLock { trust in
            trust.keys = keys
            trust.known = [:]
        }
    }

    /// The caller, or the one problem that says nothing about why.
    func principal(authorization: String?) throws(Problem) -> Principal {
        do throws(TokenRefusal) {
            return try caller(authorization)
        } catch {
            let detail =
                error.code == .missing
                ? "send a token: Authorization: Bearer …"
                : Self.invalid
            throw Problem(.unauthenticated, detail, refusal: error)
        }
    }

    private func caller(_ authorization: String?) throws(TokenRefusal) -> Principal {
        guard let authorization else { throw TokenRefusal(.missing, "no Authorization") }
        let scheme = "bearer "
        guard authorization.utf8.count > scheme.utf8.count,
            authorization.prefix(scheme.count).lowercased() == scheme
        else { throw TokenRefusal(.missing, "Authorization is not Bearer TOKEN") }
        let token = String(authorization.dropFirst(scheme.count))
        let known = trust.withLock { $0.known[token] }
        let seconds = now() / 1000
        let principal: Principal
        if let known {
            guard rules.isCurrent(known.token.expires, at: seconds) else {
                trust.withLock { $0.known[token] = nil }
                throw TokenRefusal(.expired, "since \(seconds - known.token.expires) seconds")
            }
            principal = known
        } else {
            principal = try verify(token, at: seconds)
        }
        if let refusal = revoked.now.refusal(of: principal) { throw refusal }
        guard trust.withLock({ $0.keys.holdsOthers(of: principal.token) }) else {
            throw TokenRefusal(.unknownKey, "that of who handed the token on, or took it")
        }
        return principal
    }

    private func verify(_ token: String, at seconds: Int64) throws(TokenRefusal) -> Principal {
        let text = try TokenText(token)
        let keys = keys
        let key = try keys.key(for: text)
        guard key.signed(text) else {
            throw TokenRefusal(.signature, "not by key \(key.id)")
        }
        let claims = try TokenClaims(json: text.payload)
        try rules.check(claims, at: seconds)
        let principal = try claims.principal(signedBy: key.fingerprint)
        trust.withLock { trust in
            // Keys that came meanwhile may not hold this one.
            guard trust.keys.holds(key.fingerprint) else { return }
            // Which ones go does not matter: they are verified again.
            while trust.known.count >= limit, let any = trust.known.keys.first {
                trust.known[any] = nil
            }
            trust.known[token] = principal
        }
        return principal
    }

    /// Fails where a caller who was let in would not be let in any more: a body may have taken long to come, or
    /// a turn.
    func require(_ principal: Principal) throws(Problem) {
        guard !admits(principal) else { return }
        throw Problem(
            .unauthenticated, Self.invalid,
            refusal: TokenRefusal(.revoked, "or expired, while its request was read or waited"))
    }

    /// All that is told of a token that is not taken.
    private static let invalid =
        "the token is not valid (any more); get a new one and try again"

    /// Whether a caller who was let in would be let in now.
    func admits(_ principal: Principal) -> Bool {
        trust.withLock {
            $0.keys.holds(principal.token.key) && $0.keys.holdsOthers(of: principal.token)
        }
            && rules.isCurrent(principal.token.expires, at: now() / 1000)
            && revoked.now.refusal(of: principal) == nil
    }
}
