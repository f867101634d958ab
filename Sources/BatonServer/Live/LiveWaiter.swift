import Synchronization

/// What a live answer waits with: it holds what came meanwhile, folded into one, and no task.
final class LiveWaiter: Sendable {
    /// Why a wait is over.
    enum Wake: Hashable, Sendable {
        /// A stream may have grown.
        case news
        /// It is time to be heard, whether there is news or not.
        case heartbeat
        /// The answer ends: the server stops, the log was closed, or the client has gone.
        case end
    }

    private struct State {
        var pending: Wake?
        var waiting: CheckedContinuation<Wake, Never>?
    }

    private let state = Mutex(State())

    /// Ends the wait, or the next one. A heartbeat covers news, and nothing comes after the end.
    func tell(_ wake: Wake) {
        let waiting = state.withLock { state -> CheckedContinuation<Wake, Never>? in
            if let waiting = state.waiting {
                state.waiting = nil
                if wake == .end { state.pending = .end }
                return waiting
            }
            switch (state.pending, wake) {
            case (.end, _), (.heartbeat, .news): break
            default: state.pending = wake
            }
            return nil
        }
        waiting?.resume(returning: wake)
    }

    /// Whether the end has come, also where something else is heard of first.
    var hasEnded: Bool { state.withLock { $0.pending == .end } }

    /// Waits for what comes next. One task at a time; cancelling it is the end.
    func next() async -> Wake {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = state.withLock { state -> Wake? in
                    guard let pending = state.pending else {
                        state.waiting = continuation
                        return nil
                    }
                    if pending != .end { state.pending = nil }
                    return pending
                }
                if let pending { continuation.resume(returning: pending) }
            }
        } onCancel: {
            tell(.end)
        }
    }
}
