import BatonLog
import Synchronization

/// Lets one fold of a stream's long history go on at a time; who comes meanwhile waits, and finds
/// most of it done.
///
/// Cancelling a task that waits does not call it out of the queue. Those who wait are within requests,
/// and these are bounded.
final class LongFolds: Sendable {
    // Of each stream that is being folded, who waits.
    private let waiting = Mutex<[StreamKey: [CheckedContinuation<Void, Never>]]>([:])

    /// Returns when it is the caller's turn to fold the stream; it ends with ``end(_:)``.
    func begin(_ key: StreamKey) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[key] == nil else {
                    waiting[key]?.append(continuation)
                    return false
                }
                waiting[key] = []
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Gives the turn to who has waited longest.
    func end(_ key: StreamKey) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[key]?.isEmpty == false else {
                waiting[key] = nil
                return nil
            }
            return waiting[key]?.removeFirst()
        }
        next?.resume()
    }
}
