import Synchronization

/// How many wrong codes may be tried, by one caller and by all together.
///
/// Kept for each as the moment at which all of its guesses will be paid off: the generic cell rate
/// algorithm (ITU-T I.371, annex A.1), which needs one number and no timer.
final class GuessBudget: Sendable {
    /// So many at once, and then one in each interval.
    struct Rate: Hashable, Sendable {
        var burst: Int64
        /// Milliseconds.
        var interval: Int64

        /// When all is paid off, seen from now: no further ahead than the burst reaches, also where the
        /// clock was set back.
        func settled(_ before: Int64?, now: Int64) -> Int64 {
            min(max(before ?? now, now), now + burst * interval)
        }

        /// Milliseconds until there is a guess left; 0 where there is one.
        func wait(_ settled: Int64, now: Int64) -> Int64 {
            max(0, settled + interval - now - burst * interval)
        }
    }

    private struct State {
        var callers: [String: Int64] = [:]
        var all: Int64?
    }

    private let limits: ServerLimits
    private let state = Mutex(State())

    init(_ limits: ServerLimits) { self.limits = limits }

    /// Callers whose guesses are counted.
    var count: Int { state.withLock { $0.callers.count } }

    /// Takes one guess. Returns 0, or where the caller, or all together, have none left, the milliseconds until
    /// they have.
    func take(_ caller: String, now: Int64) -> Int64 {
        state.withLock { state in
            let own = limits.guessesPerCaller.settled(state.callers[caller], now: now)
            let all = limits.guessesOfAll.settled(state.all, now: now)
            let wait = max(
                limits.guessesPerCaller.wait(own, now: now), limits.guessesOfAll.wait(all, now: now)
            )
            let isAllowed = wait == 0
            state.all = all + (isAllowed ? limits.guessesOfAll.interval : 0)
            state.callers[caller] = own + (isAllowed ? limits.guessesPerCaller.interval : 0)
            if state.callers.count > limits.guessers {
                state.callers = state.callers.filter { $0.value > now }
                // Which one goes does not matter: what all may try holds as well.
                while state.callers.count > limits.guessers, let any = state.callers.keys.first {
                    state.callers[any] = nil
                }
            }
            return wait
        }
    }

    /// Gives a guess back that was none.
    func giveBack(_ caller: String) {
        state.withLock { state in
            state.all = state.all.map { $0 - limits.guessesOfAll.interval }
            state.callers[caller] = state.callers[caller].map {
                $0 - limits.guessesPerCaller.interval
            }
        }
    }
}
