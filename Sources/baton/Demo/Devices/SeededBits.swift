import Synchronization

/// Random bits that are the same in each run, for a script's replica ids: SplitMix64.
final class SeededBits: Sendable {
    private let state: Mutex<UInt64>

    /// The bits of one client of the demo.
    init(_ seat: DemoSeat) {
        state = Mutex(seat.rawValue.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
