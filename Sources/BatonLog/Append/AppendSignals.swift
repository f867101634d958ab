import BatonCore
import Synchronization

/// Who waits for news of which streams.
///
/// A subscriber holds at most one signal that was not waited for; it costs nothing while no news
/// comes, and is forgotten when its stream is dropped or its task cancelled.
final class AppendSignals: Sendable {
    private struct State {
        var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
        var subscribers: [StreamKey: Set<Int>] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Signals after each append to one of `streams`, from now on.
    func subscribe(to streams: Set<StreamKey>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            let id = state.next
            state.next += 1
            state.continuations[id] = continuation
            for key in streams { state.subscribers[key, default: []].insert(id) }
            return id
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: streams) }
        return stream
    }

    /// Tells the subscribers of `streams`.
    func signal(_ streams: some Sequence<StreamKey>) {
        let woken: [AsyncStream<Void>.Continuation] = state.withLock { state in
            guard !state.subscribers.isEmpty else { return [] }
            let ids = streams.reduce(into: Set<Int>()) {
                $0.formUnion(state.subscribers[$1] ?? [])
            }
            return ids.compactMap { state.continuations[$0] }
        }
        for continuation in woken { continuation.yield() }
    }

    /// Tells all subscribers: it is not known which streams have grown.
    func signalAll() {
        let woken = state.withLock { Array($0.continuations.values) }
        for continuation in woken { continuation.yield() }
    }

    /// Ends all subscriptions, and those to come at once.
    func finish() {
        let ended = state.withLock { state in
            state.isFinished = true
            return Array(state.continuations.values)
        }
        for continuation in ended { continuation.finish() }
    }

    /// How many subscribe.
    var count: Int { state.withLock { $0.continuations.count } }

    private func remove(_ id: Int, from streams: Set<StreamKey>) {
        state.withLock { state in
            state.continuations[id] = nil
            for key in streams {
                state.subscribers[key]?.remove(id)
                if state.subscribers[key]?.isEmpty == true { state.subscribers[key] = nil }
            }
        }
    }
}
