import Logging
import Synchronization

/// Writes lines of one kind into the log, so many a second at most: who has them written, with bad tokens
/// or with whatever else fails, must not fill the disk.
final class PacedLog: Sendable {
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

    /// Writes a line, and how many were left out before it.
    func tell(
        _ level: Logger.Level, _ message: Logger.Message, _ facts: Logger.Metadata,
        to logger: Logger
    ) {
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
        var metadata = facts
        if leftOut > 0 { metadata["leftOut"] = "\(leftOut)" }
        logger.log(level: level, message, metadata: metadata)
    }

    /// Tells why the server failed, which no answer tells; nothing where who called did.
    func tell(_ problem: Problem, _ facts: Logger.Metadata, to logger: Logger) {
        guard problem.slug.isFailure else { return }
        var metadata = facts
        metadata["problem"] = "\(problem.slug.rawValue)"
        metadata["cause"] = "\(problem.cause ?? problem.detail)"
        tell(.error, "a request failed", metadata, to: logger)
    }
}
