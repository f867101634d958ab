import BatonCore
import BatonWire
import HTTPTypes
import Synchronization

/// What the server counts, as Prometheus text (exposition format 0.0.4).
final class ServerMetrics: Sendable {
    private struct Counts {
        var requests: [Request: Int] = [:]
        var problems: [Problem.Slug: Int] = [:]
        var verdicts: [String: Int] = [:]
        var handoffs: [String: Int] = [:]
        var refusals: [TokenRefusal.Code: Int] = [:]
        var buckets = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
        var seconds = 0.0
    }

    private struct Request: Hashable {
        let route: String
        let status: Int
    }

    /// Upper bounds of the duration buckets, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

    private let counts = Mutex(Counts())
    /// What each tenant causes.
    let tenants: TenantMetrics

    init(_ limits: ServerLimits) { tenants = TenantMetrics(limits.tenantsCounted) }

    /// Counts a request by its route, never by its path: paths are without bound.
    func count(route: String, status: HTTPResponse.Status, seconds: Double) {
        counts.withLock { counts in
            counts.requests[Request(route: route, status: status.code), default: 0] += 1
            let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            counts.buckets[bucket] += 1
            counts.seconds += seconds
        }
    }

    func count(_ problem: Problem.Slug) {
        counts.withLock { $0.problems[problem, default: 0] += 1 }
    }

    /// Counts a token that was refused.
    func count(_ refusal: TokenRefusal.Code) {
        counts.withLock { $0.refusals[refusal, default: 0] += 1 }
    }

    /// Counts what became of a hand-off: made, claimed, missed or limited.
    func count(handoff outcome: String) {
        counts.withLock { $0.handoffs[outcome, default: 0] += 1 }
    }

    /// Counts verdicts on a tenant's events.
    func count(_ verdicts: [Baton_V1_Verdict], of tenant: TenantID) {
        let names = verdicts.map { verdict in
            switch verdict.outcome {
            case .accepted: "accepted"
            case .duplicate: "duplicate"
            default: verdict.code
            }
        }
        counts.withLock { counts in
            for name in names { counts.verdicts[name, default: 0] += 1 }
        }
        tenants.count(verdicts: names, of: tenant)
    }

    /// All of it as text.
    var text: String {
        let counts = counts.withLock { $0 }
        var lines = [
            "# HELP baton_requests_total Requests by route and status.",
            "# TYPE baton_requests_total counter",
        ]
        for (request, count) in counts.requests.sorted(by: {
            ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
        }) {
            lines.append(
                "baton_requests_total{route=\"\(request.route)\",status=\"\(request.status)\"} \(count)"
            )
        }
        lines += [
            "# HELP baton_request_seconds Time from a request's head to its answer.",
            "# TYPE baton_request_seconds histogram",
        ]
        var total = 0
        for (index, bound) in Self.bounds.enumerated() {
            total += counts.buckets[index]
            lines.append("baton_request_seconds_bucket{le=\"\(bound)\"} \(total)")
        }
        total += counts.buckets[Self.bounds.count]
        lines += [
            "baton_request_seconds_bucket{le=\"+Inf\"} \(total)",
            "baton_request_seconds_sum \(counts.seconds)", "baton_request_seconds_count \(total)",
            "# HELP baton_verdicts_total Verdicts on pushed events.",
            "# TYPE baton_verdicts_total counter",
        ]
        for (name, count) in counts.verdicts.sorted(by: { $0.key < $1.key }) {
            lines.append("baton_verdicts_total{verdict=\"\(name)\"} \(count)")
        }
        lines += [
            "# HELP baton_problems_total Problem answers by slug.",
            "# TYPE baton_problems_total counter",
        ]
        for (slug, count) in counts.problems.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("baton_problems_total{problem=\"\(slug.rawValue)\"} \(count)")
        }
        lines += [
            "# HELP baton_handoffs_total Hand-offs made and claimed, codes that opened nothing, and "
                + "tries that were one too many.",
            "# TYPE baton_handoffs_total counter",
        ]
        for (name, count) in counts.handoffs.sorted(by: { $0.key < $1.key }) {
            lines.append("baton_handoffs_total{outcome=\"\(name)\"} \(count)")
        }
        lines += [
            "# HELP baton_token_refusals_total Tokens that were refused, and requests without one.",
            "# TYPE baton_token_refusals_total counter",
        ]
        for (code, count) in counts.refusals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("baton_token_refusals_total{reason=\"\(code.rawValue)\"} \(count)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
