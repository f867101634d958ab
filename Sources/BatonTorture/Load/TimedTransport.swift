import BatonSync
import Synchronization

/// Carries calls and notes how long each took to its whole answer.
final class TimedTransport: SyncTransport {
    private let network: any SyncTransport
    private let times = Mutex<[Duration]>([])

    init(_ network: any SyncTransport) { self.network = network }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let begun = ContinuousClock.now
        let reply = try await network.send(call)
        let took = ContinuousClock.now - begun
        times.withLock { $0.append(took) }
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    /// How many calls were answered, and milliseconds in which 99 of 100 were.
    var summary: (calls: Int, p99: Double) {
        let sorted = times.withLock { $0.sorted() }
        guard let last = sorted.last else { return (0, 0) }
        let place = Int((Double(sorted.count) * 0.99).rounded(.up)) - 1
        return (
            sorted.count, (place < sorted.count ? sorted[max(0, place)] : last) / .milliseconds(1)
        )
    }
}
