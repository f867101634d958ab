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
    /// For a client to read what is written to it.
    let stall: TimeAmount
    /// Streams of HTTP/2 that may be open at once, of all connections.
    let streams: Places
    private let count = Mutex(0)
    private let stallCount = Mutex(0)

    init(_ limits: ServerLimits) {
        patience = .seconds(Int64(limits.headSeconds))
        bodyPatience = .seconds(Int64(limits.bodySeconds))
        bodyBytes = limits.bodyBytes
        idle = .seconds(Int64(limits.idleSeconds))
        stall = .seconds(Int64(limits.stallSeconds))
        streams = Places(limits.streamsAtOnce)
    }

    /// How many connections were closed in a handshake or a head so far.
    var closed: Int { count.withLock { $0 } }

    /// How many connections, or streams, were closed because their clients read no further.
    var stalled: Int { stallCount.withLock { $0 } }

    /// Closes a connection, or a stream, whose client reads no further.
    func endStalled(_ channel: any Channel) {
        // Two may notice it at once.
        guard channel.isActive else { return }
        stallCount.withLock { $0 += 1 }
        channel.close(promise: nil)
    }

    /// Closes a connection whose handshake or head took too long.
    func end(_ channel: any Channel) {
        count.withLock { $0 += 1 }
        channel.close(promise: nil)
    }
}
