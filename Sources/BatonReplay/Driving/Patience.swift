/// Waits for a server that has gone away.
struct Patience: Sendable {
    /// What came of a try.
    enum Attempt<Result: Sendable>: Sendable {
        case done(Result)
        /// The server could not be reached or had no time; worth another try.
        case passing(String)
    }

    /// A server that was killed is back within this time, or will not come back.
    static let longest = Duration.seconds(120)

    private static let firstPause = Duration.milliseconds(5)
    private static let longestPause = Duration.seconds(2)

    let longest: Duration

    /// Tries until something comes of it.
    /// - Throws: `server-unreachable` when patience has run out; what `body` throws, at once.
    func attempt<Result: Sendable>(
        _ body: () async throws(ReplayFailure) -> Attempt<Result>
    ) async throws(ReplayFailure) -> Result {
        let clock = ContinuousClock()
        let end = clock.now + longest
        var pause = Self.firstPause
        while true {
            switch try await body() {
            case .done(let result): return result
            case .passing(let cause):
                if Task.isCancelled {
                    throw ReplayFailure(.cancelled, "the replay was stopped", cause: cause)
                }
                guard clock.now + pause < end else {
                    throw ReplayFailure(
                        .serverUnreachable,
                        "the server has not answered for \(longest): see whether it runs, and "
                            + "whether --server names it",
                        cause: cause)
                }
                // Woken early only by cancellation, which the next round sees.
                try? await clock.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
