import BatonCore
import Synchronization

/// How many requests a second, and bytes a minute, one caller may cause.
///
/// For each caller and each of the two it keeps the moment at which all will be paid off (the generic cell
/// rate algorithm, as ``GuessBudget``). Requests are paid before they are worked on, bytes after, when
/// it is known how many they were: who has overdrawn waits.
///
/// Roles `service` and `operator` are a tenant's own servers: what they cause is bounded with what all
/// cause.
final class PrincipalBudget: Sendable {
    private struct Account {
        var requests = 0.0
        var bytes = 0.0
    }

    private let requestsPerSecond: Double
    private let bytesPerMinute: Double
    /// Callers that are accounted for at most.
    let most: Int
    private let accounts = Mutex<[String: Account]>([:])

    /// Seconds' worth of requests that may come at once.
    private static let burstSeconds = 2.0
    /// Minutes' worth of bytes that may come at once.
    private static let burstMinutes = 1.0

    init(_ limits: ServerLimits) {
        requestsPerSecond = Double(limits.requestsPerSecond)
        bytesPerMinute = Double(limits.bytesPerMinute)
        most = limits.principals
    }

    /// Callers that are accounted for.
    var count: Int { accounts.withLock { $0.count } }

    /// Takes a request. `now` is in milliseconds.
    func take(_ principal: Principal, now: Int64) throws(Problem) {
        guard let name = Self.name(principal) else { return }
        let now = Double(now)
        let wait = accounts.withLock { accounts -> (String, Double)? in
            var account = accounts[name] ?? Account()
            account.requests = max(account.requests, now)
            account.bytes = max(account.bytes, now)
            // A clock that was set back finds nobody in debt for longer than the burst.
            account.requests = min(account.requests, now + Self.burstSeconds * 1_000)
            let cost = 1_000 / requestsPerSecond
            let over = account.requests + cost - now - Self.burstSeconds * 1_000
            if over > 0 { return ("\(Int(requestsPerSecond)) requests a second", over) }
            let debt = account.bytes - now - Self.burstMinutes * 60_000
            if debt > 0 { return ("\(Int(bytesPerMinute)) bytes a minute", debt) }
            account.requests += cost
            accounts[name] = account
            if accounts.count > most { Self.forget(&accounts, now: now, most: most) }
            return nil
        }
        guard let (limit, milliseconds) = wait else { return }
        throw Problem(
            .limitExceeded,
            "\(limit) is the most for one caller; wait \(Int((milliseconds / 1_000).rounded(.up))) seconds"
        )
    }

    /// Notes the bytes of a request and of its answer.
    func pay(_ bytes: Int, by principal: Principal) {
        guard bytes > 0, let name = Self.name(principal) else { return }
        accounts.withLock { $0[name]?.bytes += Double(bytes) * 60_000 / bytesPerMinute }
    }

    private static func forget(_ accounts: inout [String: Account], now: Double, most: Int) {
        accounts = accounts.filter { $0.value.requests > now || $0.value.bytes > now }
        // Which ones go does not matter: they begin anew.
        while accounts.count > most, let any = accounts.keys.first { accounts[any] = nil }
    }

    /// Who it is: the holder, else the token, else all who have tokens of the same scope.
    private static func name(_ principal: Principal) -> String? {
        switch principal.role {
        case .service, .operator: return nil
        case .customer, .kiosk, .associate: break
        }
        let token = principal.token
        let holder =
            token.subject ?? token.id ?? principal.replica.map(\.description)
            ?? "\(principal.role.rawValue) \(principal.streams)"
        return "\(principal.tenant)/\(holder)"
    }
}
