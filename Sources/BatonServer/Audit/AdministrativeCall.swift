import BatonCore
import BatonLog

/// An administrative act that came as a call, and not as a command: in the audit record, too.
struct AdministrativeCall: Sendable {
    private let act: String
    private let by: String
    private let detail: [String: String]
    private let now: @Sendable () -> Int64

    /// What is done, by whom, and to what: never a token or a payload.
    init(
        _ act: String, by principal: Principal?, _ detail: [String: String],
        now: @escaping @Sendable () -> Int64
    ) {
        self.act = act
        let (role, subject) = (principal?.role.rawValue, principal?.token.subject)
        by = "\(role ?? "nobody") \(subject ?? "without a subject")"
        var detail = detail
        detail["tenant"] = principal?.tenant.description
        detail["token"] = principal?.token.id
        self.detail = detail
        self.now = now
    }

    /// Does it, with a line in the record before and one after. Where the first cannot be written, nothing is
    /// done; where the second cannot, the call fails, and to do it again is to do nothing.
    func recorded<Answer>(
        in file: AuditFile?, _ body: () async throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try add(nil, to: file)
        let answer: Answer
        do {
            answer = try await body()
        } catch {
            // The first line stands, and why it was refused is answered.
            try? add("refused: \(error.slug.rawValue)", to: file)
            throw error
        }
        try add("done", to: file)
        return answer
    }

    private func add(_ outcome: String?, to file: AuditFile?) throws(Problem) {
        do {
            try file?.add(act, outcome: outcome, by: by, detail: detail, now: now())
        } catch {
            throw Problem(error)
        }
    }
}
