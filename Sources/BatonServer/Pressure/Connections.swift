import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Counts connections, and tells those that came after all places were taken.
///
/// A connection counts from its first request on. One beyond the limit is answered, then closed, so
/// that its client learns why; some more than the limit may therefore be open for a moment. Those
/// that never ask anything are bounded by ``acceptor``.
final class Connections: Sendable {
    /// How many may be served at once.
    let limit: Int
    private let known = Mutex<Set<ObjectIdentifier>>([])

    /// Connections beyond the limit that may be open for a moment, to be told that they are.
    private static let refusedAtOnce = 512
    /// How long a refused client has to read why.
    private static let farewell = TimeAmount.milliseconds(500)

    init(_ limit: Int) { self.limit = limit }

    /// How many are served now.
    var count: Int { known.withLock { $0.count } }

    /// Whether the connection was admitted.
    func serves(_ channel: any Channel) -> Bool {
        known.withLock { $0.contains(ObjectIdentifier(channel)) }
    }

    /// Takes no connection off the system's queue while so many are open.
    var acceptor: any AvailableConnectionsDelegate {
        MaximumAvailableConnections(limit + Self.refusedAtOnce)
    }

    /// Whether the connection is, or now becomes, one of those that are served.
    func admit(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isNew = known.withLock { known -> Bool? in
            if known.contains(id) { return false }
            guard known.count < limit else { return nil }
            known.insert(id)
            return true
        }
        guard let isNew else { return false }
        if isNew {
            channel.closeFuture.whenComplete { [self] _ in
                _ = known.withLock { $0.remove(id) }
            }
        }
        return true
    }

    /// Closes a connection that was not admitted, once its answer has had time to arrive.
    static func sendAway(_ channel: any Channel) {
        channel.eventLoop.scheduleTask(in: farewell) { channel.close(promise: nil) }
    }
}
