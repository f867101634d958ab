import Synchronization

/// What the network did and what the server said, counted over all devices.
final class NetworkTally: Sendable {
    struct Counts: Sendable {
        var requests = 0
        /// Requests that got no answer, though no fault of the replay's struck them.
        var unanswered = 0
        var faults: [NetworkFault: Int] = [:]
        /// Verdicts that an event was in the log already, in answers that arrived or were dropped.
        var duplicates = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func countRequest() { state.withLock { $0.requests += 1 } }
    func countUnanswered() { state.withLock { $0.unanswered += 1 } }
    func count(_ fault: NetworkFault) { state.withLock { $0.faults[fault, default: 0] += 1 } }
    func count(duplicates: Int) { state.withLock { $0.duplicates += duplicates } }
}
