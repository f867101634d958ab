import Synchronization

/// The troubles that a client has met and mended since it was opened, and who watches for more.
///
/// Holds the newest ones, up to ``SyncLimits/healedTroubles``: a trouble that comes back with every
/// sync must not fill the memory of an app that nobody looks at.
final class TroubleBoard: Sendable {
    private struct State {
        var met: [HealedTrouble] = []
        var watchers: [Int: AsyncStream<HealedTrouble>.Continuation] = [:]
        var nextKey = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The newest ones, oldest first.
    var met: [HealedTrouble] { state.withLock { $0.met } }

    func add(_ troubles: [HealedTrouble]) {
        state.withLock { state in
            state.met = (state.met + troubles).suffix(SyncLimits.healedTroubles)
            for watcher in state.watchers.values {
                for trouble in troubles { watcher.yield(trouble) }
            }
        }
    }

    /// Those that were met, then each as it is met. A slow reader misses the oldest ones first.
    func watch() -> AsyncStream<HealedTrouble> {
        let (stream, watcher) = AsyncStream.makeStream(
            of: HealedTrouble.self, bufferingPolicy: .bufferingNewest(SyncLimits.healedTroubles))
        let key: Int? = state.withLock { state in
            for trouble in state.met { watcher.yield(trouble) }
            guard !state.isClosed else { return nil }
            state.nextKey += 1
            state.watchers[state.nextKey] = watcher
            return state.nextKey
        }
        guard let key else {
            watcher.finish()
            return stream
        }
        watcher.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.watchers.removeValue(forKey: key) }
        }
        return stream
    }

    func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
