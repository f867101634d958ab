import Synchronization

/// The wall clock of one person's devices: the time that the data set has for the event at hand.
final class RecordedClock: Sendable {
    private let milliseconds = Mutex<Int64>(1)

    /// Milliseconds since 1970.
    var now: Int64 { milliseconds.withLock { $0 } }

    func set(_ time: Int64) { milliseconds.withLock { $0 = max(1, time) } }
}
