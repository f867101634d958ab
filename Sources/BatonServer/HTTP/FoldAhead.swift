import BatonCore
import BatonLog
import Synchronization

/// Folds streams that have grown, ahead of those who will ask: a new device finds the state, whatever
/// was pushed before it came.
///
/// It is a convenience. What is left out, because too many wait or the server stops, is folded when
/// somebody asks.
final class FoldAhead: Sendable {
    private let service: StreamService
    private let streams: AsyncStream<StreamKey>
    private let queue: AsyncStream<StreamKey>.Continuation
    private let waiting = Mutex<Set<StreamKey>>([])

    /// What it rests, in shares of what it worked: it takes a tenth of one core at most, and pushes
    /// have the rest.
    private static let rest = 9

    init(_ service: StreamService) {
        self.service = service
        (streams, queue) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(service.limits.foldsAhead))
    }

    /// Notes that a push took a stream's log to `head`. Every ``ServerLimits/eventsPerSnapshot``
    /// events it is time to fold.
    func noteGrowth(of key: StreamKey, by events: Int, to head: Offset) {
        let step = service.limits.eventsPerSnapshot
        let before = head.rawValue - min(head.rawValue, UInt64(events))
        guard before / step != head.rawValue / step,
            waiting.withLock({ $0.insert(key).inserted })
        else { return }
        if case .enqueued = queue.yield(key) { return }
        _ = waiting.withLock { $0.remove(key) }
    }

    /// Folds one stream after another until the task is cancelled.
    func run() async {
        for await key in streams {
            _ = waiting.withLock { $0.remove(key) }
            let start = ContinuousClock.now
            // Who asks for a stream that cannot be folded is told why.
            try? await service.foldAhead(key)
            try? await Task.sleep(for: (ContinuousClock.now - start) * Self.rest)
        }
    }
}
