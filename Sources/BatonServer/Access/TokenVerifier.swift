import BatonCore
import JWTKit
import Synchronization

/// Tells who calls from the `Authorization` header. Verified tokens are remembered until they
/// expire, at most ``ServerLimits/cachedTokens`` of them.
final class TokenVerifier: Sendable {
    private struct Remembered {
        let principal: Principal
        let claims: TokenClaims
    }

    private let keys: TokenKeys
    private let limit: Int
    private let now: @Sendable () -> Int64
    private let cache = Mutex<[String: Remembered]>([:])

    /// How far clocks may differ, in seconds.
    static let leeway: Int64 = 30
    /// Bytes of the longest token that is looked at.
    private static let longestToken = 8 * 1024

    /// `now` gives milliseconds since 1970.
    init(keys: TokenKeys, limit: Int, now: @escaping @Sendable () -> Int64) {
        self.keys = keys
        self.limit = limit
        self.now = now
    }

    /// The caller, or the one problem that says nothing about why.
    func principal(authorization: String?) async throws(Problem) -> Principal {
        guard let authorization, authorization.utf8.count <= Self.longestToken,
            authorization.lowercased().hasPrefix("bearer ")
        else {
            throw Problem(.unauthenticated, "send a token: Authorization: Bearer …")
        }
        let token = String(authorization.dropFirst(7))
        let known = cache.withLock { $0[token] }
        let remembered: Remembered
        if let known {
            remembered = known
        } else {
            remembered = try await verify(token)
        }
        let seconds = now() / 1000
        guard seconds < remembered.claims.expires + Self.leeway,
            seconds >= (remembered.claims.notBefore ?? 0) - Self.leeway
        else {
            cache.withLock { $0[token] = nil }
            throw Self.refusal
        }
        return remembered.principal
    }

    private func verify(_ token: String) async throws(Problem) -> Remembered {
        guard let claims = try? await keys.collection.verify(token, as: TokenClaims.self),
            let principal = claims.principal()
        else { throw Self.refusal }
        let remembered = Remembered(principal: principal, claims: claims)
        cache.withLock { cache in
            // Which ones go does not matter: they are verified again.
            while cache.count >= limit, let any = cache.keys.first { cache[any] = nil }
            cache[token] = remembered
        }
        return remembered
    }

    private static let refusal = Problem(
        .unauthenticated, "the token is not valid (any more); get a new one and try again")
}
