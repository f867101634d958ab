import Synchronization

/// What one caller may hold of something that all share, so that nobody takes all of it.
final class Shares: Sendable {
    /// The most for one.
    let limit: Int
    private let held = Mutex<[String: Int]>([:])

    init(_ limit: Int) { self.limit = limit }

    /// Takes so much for a holder; `nil` where that would be more than one may hold.
    func take(_ amount: Int = 1, for holder: String) -> Share? {
        held.withLock { held in
            let now = held[holder, default: 0]
            guard now + amount <= limit else { return nil }
            held[holder] = now + amount
            return Share(of: self, amount, for: holder)
        }
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
