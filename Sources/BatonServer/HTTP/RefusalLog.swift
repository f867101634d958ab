import Logging
import Synchronization

/// Writes into the log why tokens were refused, so many a second at most: who sends bad tokens must not
/// fill the disk.
final class RefusalLog: Sendable {
    private struct State {
        var settled: Int64?
        var leftOut = 0
    }

    /// Two hundred at once, then twenty a second.
    private static let rate = GuessBudget.Rate(burst: 200, interval: 50)

    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// `now` gives milliseconds since 1970.
    init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// Tells of one, and of how many were left out before it.
    func tell(_ refusal: TokenRefusal, to logger: Logger) {
        let now = now()
        let leftOut = state.withLock { state -> Int? in
            let settled = Self.rate.settled(state.settled, now: now)
            guard Self.rate.wait(settled, now: now) == 0 else {
                state.leftOut += 1
                return nil
            }
            state.settled = settled + Self.rate.interval
            defer { state.leftOut = 0 }
            return state.leftOut
        }
        guard let leftOut else { return }
        var metadata: Logger.Metadata = [
            "reason": "\(refusal.code.rawValue)", "detail": "\(refusal.detail)",
        ]
        if leftOut > 0 { metadata["leftOut"] = "\(leftOut)" }
        logger.notice("a token was refused", metadata: metadata)
    }
}
