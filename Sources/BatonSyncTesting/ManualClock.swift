import Synchronization

/// A clock that moves when a test says so: the one on which pauses are slept, and the time of day.
public final class ManualClock: Clock, Sendable {
    /// A moment: what has passed since the clock was made.
    public struct Instant: InstantProtocol {
        let offset: Duration

        /// The moment so much later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }
        /// How much lies between two moments.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Which one is earlier.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: (until: Instant, waiter: CheckedContinuation<Void, any Error>)] = [:]
        var nextKey = 0
    }

    private let state = Mutex(State())
    private let beginning: Int64

    /// A clock that stands at a time of day, in milliseconds since 1970; by default some day in 2025.
    public init(at milliseconds: Int64 = 1_760_000_000_000) { beginning = milliseconds }

    /// The moment at which the clock stands.
    public var now: Instant { state.withLock { $0.now } }
    /// The least that it can be moved by.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// The time of day: milliseconds since 1970.
    public var timeOfDay: Int64 {
        let (seconds, attoseconds) = now.offset.components
        return beginning + seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// How many sleep on the clock now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves the clock, and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.waiter)
        }
        for waiter in woken { waiter.resume() }
    }

    /// Sleeps until a test has moved the clock that far. Cancellation ends the sleep at once, and throws.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers[key] = (deadline, waiter)
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: key) }
            sleeper?.waiter.resume(throwing: CancellationError())
        }
    }
}
