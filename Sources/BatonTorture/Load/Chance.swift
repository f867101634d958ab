import Synchronization

/// Random numbers that depend on a seed and a name alone, shared by who draws under that name
/// (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
final class Chance: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64, for name: String) {
        // FNV-1a over the name.
        let named = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        state = Mutex(Self.mix(seed) ^ named)
    }

    /// 64 random bits.
    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return Self.mix(state)
        }
    }

    /// A number of the range.
    func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True so often out of a hundred.
    func percent(_ share: Int) -> Bool { pick(0...99) < share }

    private static func mix(_ state: UInt64) -> UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
