import Synchronization

/// One clock for all live answers, which are woken in turns: a share of them at each of its beats.
final class Heartbeats: Sendable {
    private struct State {
        var shares: [[ObjectIdentifier: LiveWaiter]]
        var joined = 0
        var hasEnded = false
    }

    /// A live answer that is woken, until it leaves or nobody holds it any more.
    final class Membership: Sendable {
        private let heartbeats: Heartbeats
        private let waiter: LiveWaiter
        private let share: Int

        fileprivate init(_ waiter: LiveWaiter, of heartbeats: Heartbeats, share: Int) {
            self.waiter = waiter
            self.heartbeats = heartbeats
            self.share = share
        }

        /// Leaves.
        func leave() { heartbeats.remove(waiter, from: share) }

        deinit { leave() }
    }

    /// In how many shares an interval goes.
    private static let shares = 15

    private let beat: Duration
    private let state = Mutex(State(shares: Array(repeating: [:], count: shares)))

    /// Wakes each at least every so many seconds.
    init(seconds: Int) { beat = .seconds(seconds) / Self.shares }

    /// Wakes `waiter` from now on; it is told the end where that has come.
    func join(_ waiter: LiveWaiter) -> Membership {
        let (share, hasEnded) = state.withLock { state in
            let share = state.joined % Self.shares
            state.joined += 1
            state.shares[share][ObjectIdentifier(waiter)] = waiter
            return (share, state.hasEnded)
        }
        if hasEnded { waiter.tell(.end) }
        return Membership(waiter, of: self, share: share)
    }

    /// Beats until the task is cancelled.
    func run() async {
        var share = 0
        while (try? await Task.sleep(for: beat)) != nil {
            let woken = state.withLock { Array($0.shares[share].values) }
            for waiter in woken { waiter.tell(.heartbeat) }
            share = (share + 1) % Self.shares
        }
    }

    /// Wakes all, to see whether they may go on.
    func wakeAll() {
        for waiter in state.withLock({ $0.shares.flatMap(\.values) }) { waiter.tell(.news) }
    }

    /// Ends all live answers, and those to come at once.
    func end() {
        let ended = state.withLock { state in
            state.hasEnded = true
            return state.shares.flatMap(\.values)
        }
        for waiter in ended { waiter.tell(.end) }
    }

    private func remove(_ waiter: LiveWaiter, from share: Int) {
        _ = state.withLock { $0.shares[share].removeValue(forKey: ObjectIdentifier(waiter)) }
    }
}
