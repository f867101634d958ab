import BatonCore
import Foundation
import Synchronization

/// The time of day in the demo: the system's, or in a script one that moves a second with each line,
/// so that the same script tells the same.
final class DemoClock: Sendable {
    private let fixed: Mutex<Int64>?

    /// The system's time.
    static let system = DemoClock(fixed: nil)

    /// A time that stands still until ``step()``: 09:00 of some day in 2026.
    static func stepping() -> DemoClock { DemoClock(fixed: 1_767_603_600_000) }

    private init(fixed: Int64?) { self.fixed = fixed.map { Mutex($0) } }

    /// Milliseconds since 1970.
    var now: Int64 { fixed?.withLock { $0 } ?? WallClock.now() }

    /// Whether it moves only by ``step()``.
    var isStepping: Bool { fixed != nil }

    /// Moves a second on, where it does not move by itself.
    func step() { fixed?.withLock { $0 += 1_000 } }

    /// The time as people read it, `09:00:07`: here, or for a script in UTC.
    func text(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        let zone = isStepping ? 0 : TimeZone.current.secondsFromGMT(for: date)
        let seconds = Int(milliseconds / 1_000) + zone
        return [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60]
            .map { String($0 + 100).dropFirst() }.joined(separator: ":")
    }
}

/// The clock of one client, which may be wrong.
final class DeviceClock: Sendable {
    private let demo: DemoClock
    private let error = Mutex<Int64>(0)

    init(_ demo: DemoClock) { self.demo = demo }

    /// What it shows: milliseconds since 1970.
    var now: Int64 { demo.now + error.withLock { $0 } }

    /// Puts it a day ahead.
    func advance() { error.withLock { $0 += 86_400_000 } }
}
