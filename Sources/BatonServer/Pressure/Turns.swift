import Synchronization

/// Lets so many work at once and the others wait, first come, first served. How many wait is bounded
/// by those who come: each waits within a request, and these have places.
final class Turns: Sendable {
    private struct State {
        var working = 0
        // In order of arrival, the older ones in `front`, last first.
        var front: [CheckedContinuation<Void, Never>] = []
        var back: [CheckedContinuation<Void, Never>] = []

        mutating func next() -> CheckedContinuation<Void, Never>? {
            if front.isEmpty {
                front = back.reversed()
                back = []
            }
            return front.popLast()
        }
    }

    /// How many work at once.
    let limit: Int
    private let state = Mutex(State())

    /// At least one at a time.
    init(_ limit: Int) { self.limit = max(1, limit) }

    /// Runs `body` when it is its turn. Cancelling a task that waits does not call it out of the
    /// queue: it has its turn and finds itself cancelled.
    func take<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        await begin()
        defer { end() }
        return try await body()
    }

    /// How many work, and how many wait.
    var counts: (working: Int, waiting: Int) {
        state.withLock { ($0.working, $0.front.count + $0.back.count) }
    }

    private func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.working < limit else {
                    state.back.append(continuation)
                    return false
                }
                state.working += 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func end() {
        let next = state.withLock { state in
            let next = state.next()
            // Who waits takes over the place.
            if next == nil { state.working -= 1 }
            return next
        }
        next?.resume()
    }
}
