import BatonCore
import Synchronization

/// Who is told of news of which streams. It costs nothing while no news comes.
final class AppendSignals: Sendable {
    private struct State {
        var watchers: [Int: @Sendable (AppendNews) -> Void] = [:]
        var watching: [StreamKey: [Int]] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Calls `tell` after each append to one of `streams`, from now on until the watch ends.
    func watch(
        _ streams: Set<StreamKey>, _ tell: @escaping @Sendable (AppendNews) -> Void
    ) -> AppendWatch {
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            let id = state.next
            state.next += 1
            state.watchers[id] = tell
            for key in streams { state.watching[key, default: []].append(id) }
            return id
        }
        guard let id else {
            tell(.closed)
            return AppendWatch()
        }
        return AppendWatch { [weak self] in self?.remove(id, from: streams) }
    }

    /// Tells those who watch `streams`.
    func signal(_ streams: some Sequence<StreamKey>) {
        let woken = state.withLock { state in
            guard !state.watching.isEmpty else { return [@Sendable (AppendNews) -> Void]() }
            let ids = streams.reduce(into: Set<Int>()) {
                $0.formUnion(state.watching[$1] ?? [])
            }
            return ids.compactMap { state.watchers[$0] }
        }
        for tell in woken { tell(.grown) }
    }

    /// Tells all: it is not known which streams have grown.
    func signalAll() {
        for tell in state.withLock({ Array($0.watchers.values) }) { tell(.grown) }
    }

    /// Tells all that nothing more will come, and those who come later at once.
    func finish() {
        let ended = state.withLock { state in
            state.isFinished = true
            return Array(state.watchers.values)
        }
        for tell in ended { tell(.closed) }
    }

    private func remove(_ id: Int, from streams: Set<StreamKey>) {
        state.withLock { state in
            state.watchers[id] = nil
            for key in streams {
                state.watching[key]?.removeAll { $0 == id }
                if state.watching[key]?.isEmpty == true { state.watching[key] = nil }
            }
        }
    }
}
