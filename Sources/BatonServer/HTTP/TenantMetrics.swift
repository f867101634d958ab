import BatonCore
import HTTPTypes
import Synchronization

/// What each tenant causes, as Prometheus text for its own operators alone.
final class TenantMetrics: Sendable {
    private struct Counts {
        var requests: [Int: Int] = [:]
        var verdicts: [String: Int] = [:]
        var bytes = 0
    }

    /// Tenants that are counted at most.
    let most: Int
    private let counts = Mutex<[TenantID: Counts]>([:])

    /// Counts for so many tenants; what others cause is in the totals alone.
    init(_ most: Int) { self.most = most }

    /// Tenants that are counted.
    var count: Int { counts.withLock { $0.count } }

    /// Counts a request with a token of the tenant.
    func count(_ status: HTTPResponse.Status, of tenant: TenantID) {
        update(tenant) { $0.requests[status.code, default: 0] += 1 }
    }

    /// Counts bytes of requests and answers.
    func count(bytes: Int, of tenant: TenantID) { update(tenant) { $0.bytes += bytes } }

    /// Counts verdicts by their names.
    func count(verdicts: [String], of tenant: TenantID) {
        update(tenant) { counts in
            for name in verdicts { counts.verdicts[name, default: 0] += 1 }
        }
    }

    private func update(_ tenant: TenantID, _ change: (inout Counts) -> Void) {
        counts.withLock { counts in
            guard counts[tenant] != nil || counts.count < most else { return }
            change(&counts[tenant, default: Counts()])
        }
    }

    /// What is counted of one tenant.
    func text(of tenant: TenantID) -> String {
        let counts = counts.withLock { $0[tenant] }
        var lines = [
            "# HELP baton_tenant_requests_total Requests with a token of the tenant, by status.",
            "# TYPE baton_tenant_requests_total counter",
        ]
        for (status, count) in (counts?.requests ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append(
                "baton_tenant_requests_total{tenant=\"\(tenant)\",status=\"\(status)\"} \(count)")
        }
        lines += [
            "# HELP baton_tenant_verdicts_total Verdicts on the tenant's events.",
            "# TYPE baton_tenant_verdicts_total counter",
        ]
        for (name, count) in (counts?.verdicts ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append(
                "baton_tenant_verdicts_total{tenant=\"\(tenant)\",verdict=\"\(name)\"} \(count)")
        }
        lines += [
            "# HELP baton_tenant_bytes_total Bytes of bodies of the tenant's requests and answers.",
            "# TYPE baton_tenant_bytes_total counter",
        ]
        if let counts {
            lines.append("baton_tenant_bytes_total{tenant=\"\(tenant)\"} \(counts.bytes)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
