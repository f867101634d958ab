import BatonCore
import Synchronization

/// Tells subscribers which entities may look different.
///
/// A subscriber that is slow misses nothing and holds no queue that grows: what it has not fetched
/// yet is a set of names, so a hundred changes of one cart are one entry.
final class ChangeHub: Sendable {
    /// Held weakly: a subscription lives as long as its reader.
    private struct Entry {
        weak var subscriber: Subscriber?
    }

    private struct State {
        var subscribers: [Int: Entry] = [:]
        var nextKey = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Begins to collect changes. `wants` says which; all if `nil`.
    func subscribe(wants: (@Sendable (Change) -> Bool)? = nil) -> Subscriber {
        state.withLock { state in
            let key = state.nextKey
            state.nextKey += 1
            let subscriber = Subscriber(wants: wants) { [weak self] in self?.remove(key) }
            if state.isClosed {
                subscriber.close()
            } else {
                state.subscribers[key] = Entry(subscriber: subscriber)
            }
            return subscriber
        }
    }

    func publish(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        let subscribers = state.withLock { $0.subscribers.values.compactMap(\.subscriber) }
        for subscriber in subscribers { subscriber.take(changes) }
    }

    /// Ends every subscription.
    func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return state.subscribers.values.compactMap(\.subscriber)
        }
        for subscriber in subscribers { subscriber.close() }
    }

    /// How many listen.
    var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    private func remove(_ key: Int) {
        _ = state.withLock { $0.subscribers.removeValue(forKey: key) }
    }
}

/// One who listens to changes.
final class Subscriber: Sendable {
    private let waiting = Mutex<[Change: Int]>([:])
    private let bell = Doorbell()
    private let wants: (@Sendable (Change) -> Bool)?
    private let onEnd: @Sendable () -> Void

    init(wants: (@Sendable (Change) -> Bool)?, onEnd: @escaping @Sendable () -> Void) {
        self.wants = wants
        self.onEnd = onEnd
    }

    deinit { onEnd() }

    func take(_ changes: [Change]) {
        let wanted = wants.map { changes.filter($0) } ?? changes
        guard !wanted.isEmpty else { return }
        waiting.withLock { waiting in
            for change in wanted where waiting[change] == nil { waiting[change] = waiting.count }
        }
        bell.ring()
    }

    /// The next changes, in the order in which they first came; `nil` at the end, or when the
    /// caller is cancelled.
    func next() async -> [Change]? {
        while true {
            let changes = waiting.withLock { waiting in
                defer { waiting = [:] }
                return waiting.sorted { $0.value < $1.value }.map(\.key)
            }
            if !changes.isEmpty { return changes }
            guard await bell.wait() else { return nil }
        }
    }

    func close() { bell.close() }
}
