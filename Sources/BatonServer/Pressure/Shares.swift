import Synchronization

/// What one caller may hold of something that all share, so that nobody takes all of it.
final class Shares: Sendable {
    /// The most for one.
    let limit: Int
    /// What is shared, and what to do where there is no more of it: for who is refused.
    private let name: String
    private let advice: String
    /// Seconds after which there may be some again, where that is soon.
    private let wait: Int?
    private let held = Mutex<[String: Int]>([:])

    init(_ limit: Int, of name: String, otherwise advice: String, wait: Int? = nil) {
        self.limit = limit
        self.name = name
        self.advice = advice
        self.wait = wait
    }

    /// Takes so much for a holder; fails where that would be more than one may hold.
    func take(_ amount: Int = 1, for holder: String) throws(Problem) -> Share {
        let isTaken = held.withLock { held in
            let now = held[holder, default: 0]
            guard now + amount <= limit else { return false }
            held[holder] = now + amount
            return true
        }
        guard isTaken else {
            throw Problem(
                .limitExceeded, "\(limit) \(name), the most there may be; \(advice)", wait: wait)
        }
        return Share(of: self, amount, for: holder)
    }

    /// The most that anybody holds now.
    var most: Int { held.withLock { $0.values.max() ?? 0 } }

    fileprivate func giveBack(_ amount: Int, of holder: String) {
        held.withLock { held in
            let left = held[holder, default: 0] - amount
            precondition(left >= 0, "\(holder) gives back more than it holds")
            held[holder] = left > 0 ? left : nil
        }
    }
}

/// What somebody holds, until nobody knows of it any more.
final class Share: Sendable {
    private let shares: Shares
    private let amount: Int
    private let holder: String

    fileprivate init(of shares: Shares, _ amount: Int, for holder: String) {
        self.shares = shares
        self.amount = amount
        self.holder = holder
    }

    deinit { shares.giveBack(amount, of: holder) }
}

/// What one request holds of its caller's shares, given back at its end at the latest.
final class HeldShares: Sendable {
    private let shares = Mutex<[Share]>([])

    /// Keeps one more.
    func keep(_ share: Share) { shares.withLock { $0.append(share) } }

    /// Gives all back.
    func release() { shares.withLock { $0 = [] } }
}
