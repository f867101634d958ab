import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Counts connections, and tells those that came after all places were taken.
///
/// A connection has a place from its first request on. One beyond the limit is answered, then closed, so
/// that its client learns why; some more than the limit may therefore be open for a moment. Those
/// that never ask anything have none: all that are open are bounded by ``acceptor``.
final class Connections: Sendable {
    /// How many may be served at once.
    let limit: Int
    private let known = Mutex<Set<ObjectIdentifier>>([])
    private let opened = Mutex(0)

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

    /// How many may be open: no more are taken off the system's queue.
    var most: Int { limit + Self.refusedAtOnce }

    /// How many are open, also those that never asked anything.
    var open: Int { opened.withLock { $0 } }

    /// Takes no connection off the system's queue while ``most`` are open.
    var acceptor: any AvailableConnectionsDelegate { MaximumAvailableConnections(most) }

    /// Counts a connection until it is closed.
    func count(_ channel: any Channel) {
        opened.withLock { $0 += 1 }
        channel.closeFuture.whenComplete { [self] _ in opened.withLock { $0 -= 1 } }
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
