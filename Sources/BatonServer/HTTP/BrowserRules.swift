import HTTPTypes
import Hummingbird

/// What every answer tells a browser, and which pages of other origins may ask at all: none, unless
/// they are named.
struct BrowserRules: RouterMiddleware {
    /// Origins of pages that may call, such as `https://shop.example`.
    let origins: Set<String>
    /// Whether the connection is under TLS, and should be from now on.
    let isSecure: Bool

    /// Answers are data: they hold nothing to run, to frame, or to guess the type of.
    private static let always: [(HTTPField.Name, String)] = [
        (.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
        (.xContentTypeOptions, "nosniff"),
        (HTTPField.Name("Referrer-Policy") ?? .vary, "no-referrer"),
    ]
    private static let methods = "GET, POST"
    private static let requestHeaders =
        "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-None-Match, Last-Event-ID"
    private static let answerHeaders = "Baton-Offset, ETag, Retry-After"
    /// Seconds that a browser may remember the answer to a preflight.
    private static let preflightSeconds = "600"
    /// Two years, as lists of browsers ask for.
    private static let secureSeconds = "max-age=63072000"

    @concurrent func handle(
        _ request: Request, context: ServerContext,
        next: @concurrent (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin].flatMap { origins.contains($0) ? $0 : nil }
        var response: Response
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            response = Response(status: .noContent)
            if origin != nil {
                response.headers[.accessControlAllowMethods] = Self.methods
                response.headers[.accessControlAllowHeaders] = Self.requestHeaders
                response.headers[.accessControlMaxAge] = Self.preflightSeconds
            }
        } else {
            response = try await next(request, context)
        }
        Self.note(in: &response.headers, isSecure: isSecure)
        guard !origins.isEmpty else { return response }
        response.headers[.vary] = response.headers[.vary].map { $0 + ", Origin" } ?? "Origin"
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.answerHeaders
        }
        return response
    }

    /// Adds what every answer tells.
    static func note(in headers: inout HTTPFields, isSecure: Bool) {
        for (name, value) in always { headers[name] = value }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        if isSecure { headers[.strictTransportSecurity] = secureSeconds }
    }
}
