import Synchronization

/// A signal that one task waits for: rings that were not waited for fold into one.
final class Doorbell: Sendable {
    private struct State {
        var hasRung = false
        var isClosed = false
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
        var nextKey = 0
    }

    private let state = Mutex(State())

    func ring() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            if state.waiters.isEmpty { state.hasRung = true }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Ends all waiting, for good.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: false) }
    }

    /// Returns true at the next ring, at once if it has rung since the last wait; false when the
    /// bell is closed or the caller is cancelled.
    func wait() async -> Bool {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let answer: Bool? = state.withLock { state in
                    if state.hasRung {
                        state.hasRung = false
                        return true
                    }
                    // Looked at under the lock, and so not between the look and the entry.
                    if state.isClosed || Task.isCancelled { return false }
                    state.waiters[key] = waiter
                    return nil
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
            waiter?.resume(returning: false)
        }
    }
}
