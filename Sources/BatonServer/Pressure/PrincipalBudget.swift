import BatonCore
import Synchronization

/// How many requests a second, and bytes a minute, one caller may cause.
///
/// For each caller and each of the two it keeps the moment at which all will be paid off (the generic cell
/// rate algorithm, as ``GuessBudget``). Requests are paid before they are worked on, bytes when it is known how
/// many they are, those of a long or endless answer piece by piece: who has overdrawn waits, for two minutes at most.
///
/// Roles `service` and `operator` are a tenant's own servers: what they cause is bounded with what all
/// cause.
final class PrincipalBudget: Sendable {
    private struct Account {
        var requests = 0.0
        var bytes = 0.0
    }

    private struct State {
        var accounts: [String: Account] = [:]
        private(set) var latest = 0.0

        /// Sets the time to account by. A clock that was set back takes the accounts with it: who owed a second
        /// still owes a second.
        mutating func advance(to now: Double) {
            let back = latest - now
            if back > 0 {
                accounts = accounts.mapValues {
                    Account(requests: $0.requests - back, bytes: $0.bytes - back)
                }
            }
            latest = now
        }

        /// Keeps an account, and no more of them than `most`.
        mutating func keep(_ account: Account, of name: String, most: Int) {
            accounts[name] = account
            guard accounts.count > most else { return }
            accounts = accounts.filter { $0.value.requests > latest || $0.value.bytes > latest }
            // Which ones go does not matter: they begin anew.
            while accounts.count > most, let any = accounts.keys.first { accounts[any] = nil }
        }
    }

    private let requestsPerSecond: Double
    private let bytesPerMinute: Double
    /// Callers that are accounted for at most.
    let most: Int
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// Seconds' worth of requests that may come at once.
    private static let burstSeconds = 2.0
    /// Minutes' worth of bytes that may come at once.
    private static let burstMinutes = 1.0
    /// Minutes that anybody can be in debt for beyond that; what more is overdrawn is forgiven.
    private static let mostDebtMinutes = 2.0

    /// Whom bytes are charged to.
    struct Payer: Sendable {
        /// Who it is; `nil` for one that is held to nothing.
        let name: String?
        let tenant: TenantID

        init(_ principal: Principal) {
            name = PrincipalBudget.name(principal)
            tenant = principal.tenant
        }
    }

    /// `now` reads the wall clock, in milliseconds.
    init(_ limits: ServerLimits, now: @escaping @Sendable () -> Int64) {
        self.now = now
        requestsPerSecond = Double(limits.requestsPerSecond)
        bytesPerMinute = Double(limits.bytesPerMinute)
        most = limits.principals
    }

    /// Callers that are accounted for.
    var count: Int { state.withLock { $0.accounts.count } }

    /// Takes a request.
    func take(_ principal: Principal) throws(Problem) {
        guard let name = Self.name(principal) else { return }
        let wait = state.withLock { state -> (String, Double)? in
            // Read within, so that readings come in order.
            state.advance(to: Double(now()))
            var account = state.accounts[name] ?? Account()
            account.requests = max(account.requests, state.latest) + 1_000 / requestsPerSecond
            let over = account.requests - state.latest - Self.burstSeconds * 1_000
            if over > 0 { return ("\(Int(requestsPerSecond)) requests a second", over) }
            let debt = Self.debt(of: account, at: state.latest)
            if debt > 0 { return ("\(Int(bytesPerMinute)) bytes a minute", debt) }
            state.keep(account, of: name, most: most)
            return nil
        }
        guard let (limit, milliseconds) = wait else { return }
        let seconds = Int((milliseconds / 1_000).rounded(.up))
        throw Problem(
            .limitExceeded, "\(limit) is the most for one caller; wait \(seconds) seconds",
            wait: seconds)
    }

    /// Notes bytes of a request or of an answer: for how many milliseconds the caller is in debt now.
    @discardableResult
    func pay(_ bytes: Int, by payer: Payer) -> Double {
        guard bytes > 0, let name = payer.name else { return 0 }
        return state.withLock { state in
            state.advance(to: Double(now()))
            var account = state.accounts[name] ?? Account()
            let cost = Double(bytes) * 60_000 / bytesPerMinute
            let most = state.latest + (Self.burstMinutes + Self.mostDebtMinutes) * 60_000
            account.bytes = min(max(account.bytes, state.latest) + cost, most)
            state.keep(account, of: name, most: self.most)
            return max(0, Self.debt(of: account, at: state.latest))
        }
    }

    private static func debt(of account: Account, at now: Double) -> Double {
        account.bytes - now - burstMinutes * 60_000
    }

    private static func name(_ principal: Principal) -> String? {
        holder(principal).map { "\(principal.tenant)/\($0)" }
    }

    /// Who it is: the holder, else the token, else all who have tokens of the same scope; `nil` where it is held to
    /// nothing. Who hands tokens on pays for them, since there is no end of them.
    static func holder(_ principal: Principal) -> String? {
        switch principal.role {
        case .service, .operator: return nil
        case .customer, .kiosk, .associate: break
        }
        let token = principal.token
        return token.giver?.account ?? token.subject ?? token.id
            ?? principal.replica.map(\.description)
            ?? "\(principal.role.rawValue) \(principal.streams)"
    }
}
