import Foundation

/// How a writer that can wait spares those of other processes: while any of them writes, its own
/// transactions are short, and a rest follows each.
///
/// What makes the others wait is the lock, and what this one has written, which goes to the disk with
/// their next sync.
struct Courtesy {
    /// Whether there is anybody to spare, or this writer is one to be spared itself.
    private let isShown: Bool
    private var othersAt: ContinuousClock.Instant?
    private var begun = ContinuousClock.now

    /// Others are taken to be at work for so long after each write that was noticed.
    private static let memory = Duration.seconds(1)
    /// A rest is so many times as long as the transaction before.
    private static let rests = 12
    /// The longest rest: a transaction that took longer waited for others itself.
    private static let longestRest = Duration.milliseconds(50)

    /// Of a writer that `isShown` says should spare others.
    init(isShown: Bool) { self.isShown = isShown }

    /// Another process has written.
    mutating func noticeOthers() { othersAt = .now }

    private var isDue: Bool {
        guard isShown, let othersAt else { return false }
        return othersAt.duration(to: .now) < Self.memory
    }

    /// Bytes of bodies that one transaction drops: alone 256 KiB, a few milliseconds.
    var bytesAStep: Int { isDue ? 16 << 10 : 256 << 10 }

    /// Pages that one transaction gives back to the disk.
    var pagesAStep: Int { isDue ? 8 : 1_024 }

    /// A transaction has begun.
    mutating func begin() { begun = .now }

    /// The transaction has ended.
    func rest() {
        guard isDue else { return }
        let rest = min(begun.duration(to: .now) * Self.rests, Self.longestRest)
        usleep(UInt32(rest / .microseconds(1)))
    }
}
