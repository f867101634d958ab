import Synchronization

/// Counts what was done, by name, for several tasks at once.
final class DeedCount: Sendable {
    private let state = Mutex<[String: Int]>([:])

    func count(_ deed: String) { state.withLock { $0[deed, default: 0] += 1 } }

    /// All of it.
    var all: [String: Int] { state.withLock { $0 } }
}
