/// Where the bearer token of a request comes from.
public struct TokenSource: Sendable, ExpressibleByStringLiteral {
    let token: @Sendable (_ rejected: String?) async throws -> String?

    /// Asks `provide` before each request. `rejected` is the token that the server has just refused,
    /// for a provider that caches: after a 401 it is asked once more, and then the sync fails.
    public static func provider(
        _ provide: @escaping @Sendable (_ rejected: String?) async throws -> String?
    ) -> TokenSource {
        TokenSource(token: provide)
    }

    /// The same token always.
    public static func fixed(_ token: String) -> TokenSource {
        TokenSource(token: { _ in token })
    }

    /// No token: for a server that asks for none.
    public static let none = TokenSource(token: { _ in nil })

    /// The same token always.
    public init(stringLiteral value: String) { self = .fixed(value) }

    private init(token: @escaping @Sendable (_ rejected: String?) async throws -> String?) {
        self.token = token
    }
}
