import Foundation
import Synchronization

/// Threads that share work, one for each core.
///
/// Threads and not tasks: a world runs its own tasks on the thread that it runs on.
enum Crew {
    private final class Work<Result: Sendable>: Sendable {
        struct State {
            var next = 0
            var done = 0
            var results: [Result?]
        }

        let state: Mutex<State>

        init(count: Int) { state = Mutex(State(results: Array(repeating: nil, count: count))) }
    }

    /// What `body` makes of each index, in the order of the indices.
    static func map<Result: Sendable>(
        count: Int, progress: @escaping @Sendable (Int) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        let work = Work<Result>(count: count)
        let finished = NSCondition()
        let hands = min(count, ProcessInfo.processInfo.activeProcessorCount)
        for _ in 0..<hands {
            let thread = Thread {
                while true {
                    let index = work.state.withLock { state in
                        defer { state.next += 1 }
                        return state.next
                    }
                    guard index < count else { return }
                    let result = body(index)
                    let done = work.state.withLock { state in
                        state.results[index] = result
                        state.done += 1
                        return state.done
                    }
                    progress(done)
                    if done == count {
                        finished.lock()
                        finished.signal()
                        finished.unlock()
                    }
                }
            }
            // Deep states nest deeply when they are let go of.
            thread.stackSize = 8 * 1024 * 1024
            thread.start()
        }
        finished.lock()
        while work.state.withLock({ $0.done }) < count { finished.wait() }
        finished.unlock()
        return work.state.withLock { $0.results.compactMap(\.self) }
    }
}
