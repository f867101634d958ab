import NIOCore
import Synchronization

/// How long connections may take, and how often one took longer: what all ``HeadWatch``es, ``HTTP2Watch``es
/// and ``RequestWatch``es share.
final class HeadRule: Sendable {
    /// For a handshake, or for the head of a request from its first byte on.
    let patience: TimeAmount
    /// For the body of a request.
    let bodyPatience: TimeAmount
    /// Bytes of a body that may follow where the request was answered before it.
    let bodyBytes: Int
    /// For the next request.
    let idle: TimeAmount
    private let count = Mutex(0)

    init(_ limits: ServerLimits) {
        patience = .seconds(Int64(limits.headSeconds))
        bodyPatience = .seconds(Int64(limits.bodySeconds))
        bodyBytes = limits.bodyBytes
        idle = .seconds(Int64(limits.idleSeconds))
    }

    /// How many connections were closed in a handshake or a head so far.
    var closed: Int { count.withLock { $0 } }

    /// Closes a connection whose handshake or head took too long.
    func end(_ channel: any Channel) {
        count.withLock { $0 += 1 }
        channel.close(promise: nil)
    }
}
