import Synchronization

/// A source of chance that several parts share; who draws in the same order draws the same.
final class Dice: Sendable {
    private let source: Mutex<SplitMix64>

    init(seed: UInt64) { source = Mutex(SplitMix64(seed: seed)) }

    /// 64 random bits.
    func next() -> UInt64 { source.withLock { $0.next() } }

    /// A number from 0 up to, but not including, 1.
    func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// True so often out of 1.
    func chance(_ share: Double) -> Bool { fraction() < share }

    /// One of the numbers below `count`, which is not 0.
    func pick(below count: Int) -> Int { Int(next() % UInt64(count)) }
}
