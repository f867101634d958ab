/// Spares a live server: so many entries a second on average, in steps that never wait long.
///
/// Of the time that the work itself takes, none is slept again.
package struct CompactionPace: Sendable {
    private let entriesPerSecond: Double?
    private let sleep: @Sendable (Duration) async -> Void
    private let now: @Sendable () -> Duration
    private var due: Duration?

    /// As fast as it goes.
    package static let unbounded = CompactionPace(entriesPerSecond: nil)

    /// At most `entriesPerSecond`; `nil` for as fast as it goes. `now` is a clock that only goes
    /// forward.
    package init(
        entriesPerSecond: Double?,
        now: @escaping @Sendable () -> Duration = {
            CompactionPace.begun.duration(to: SuspendingClock.now)
        },
        sleep: @escaping @Sendable (Duration) async -> Void = {
            try? await Task.sleep(for: $0)
        }
    ) {
        self.entriesPerSecond = entriesPerSecond
        self.now = now
        self.sleep = sleep
    }

    private static let begun = SuspendingClock.now

    /// How many entries one step takes at most: a tenth of a second's worth.
    package func step(atMost most: Int) -> Int {
        guard let entriesPerSecond else { return most }
        return max(1, min(most, Int(entriesPerSecond / 10)))
    }

    /// Waits until `entries` more are due.
    package mutating func wait(for entries: Int) async {
        guard let entriesPerSecond, entries > 0 else { return }
        let time = now()
        let from = max(due ?? time, time - .seconds(1))
        let next = from + .seconds(Double(entries) / entriesPerSecond)
        due = next
        if next > time { await sleep(next - time) }
    }
}
