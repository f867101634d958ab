import BatonWire

/// Reads answers that are no success (specification section 11.3).
enum Problem {
    static let prefix = "urn:baton:problem:"

    /// What an HTTP answer of failure means.
    static func failure(of reply: SyncReply) -> SyncFailure {
        let problem = try? AnswerJSON.decode(Baton_V1_Problem.self, from: reply.body)
        let slug = problem.flatMap { Self.slug(of: $0.type) }
        let detail = problem?.detail ?? ""
        return failure(
            status: reply.status, slug: slug, detail: detail,
            cause: "status \(reply.status): \(excerpt(reply.body))",
            retryAfter: RetryAfter.pause(
                reply.headers["retry-after"], date: reply.headers["date"]))
    }

    /// What the problem of one stream means.
    static func failure(of problem: Baton_V1_Problem) -> SyncFailure {
        failure(
            status: Int(problem.status), slug: slug(of: problem.type), detail: problem.detail,
            cause: problem.title, retryAfter: nil)
    }

    static func slug(of type: String) -> String? {
        type.hasPrefix(prefix) ? String(type.dropFirst(prefix.count)) : nil
    }

    private static func failure(
        status: Int, slug: String?, detail: String, cause: String, retryAfter: Duration?
    ) -> SyncFailure {
        let code: SyncFailure.Code
        let message: String
        switch status {
        case 401:
            (code, message) = (.unauthenticated, "the server takes no token of this app")
        case 403:
            (code, message) = (.forbidden, "the token does not cover this")
        case 408, 429, 500...599:
            (code, message) = (.overloaded, "the server cannot take the request now")
        default:
            (code, message) = (
                slug == nil ? .unexpectedAnswer : .refusedByServer, "the server refused the request"
            )
        }
        return SyncFailure(
            code, detail.isEmpty ? message : "\(message): \(detail)", cause: cause, problem: slug,
            retryAfter: retryAfter)
    }

    /// The beginning of a body, for a log.
    static func excerpt(_ body: [UInt8]) -> String {
        String(decoding: body.prefix(SyncLimits.causeCharacters), as: UTF8.self)
    }
}
