import Synchronization

/// Where the client's status stands, and who watches it.
final class StatusBoard: Sendable {
    private struct State {
        var status = SyncStatus()
        var watchers: [Int: AsyncStream<SyncStatus>.Continuation] = [:]
        var nextKey = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    var status: SyncStatus { state.withLock { $0.status } }

    func change(_ body: (inout SyncStatus) -> Void) {
        state.withLock { state in
            let before = state.status
            body(&state.status)
            guard state.status != before else { return }
            for watcher in state.watchers.values { watcher.yield(state.status) }
        }
    }

    /// The status now and after each change. One that is not fetched is replaced by the next.
    func watch() -> AsyncStream<SyncStatus> {
        let (stream, watcher) = AsyncStream.makeStream(
            of: SyncStatus.self, bufferingPolicy: .bufferingNewest(1))
        let key: Int? = state.withLock { state in
            watcher.yield(state.status)
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
