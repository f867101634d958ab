import NIOCore

/// Bounds what is held of a connection's answers that has not even been sent.
///
/// By itself the system takes megabytes for a client that reads nothing, and such a client's answers go on
/// being made until these are full. What is under way does not count, so that a fast client far away is sent
/// as much as ever.
enum UnsentBytes {
    /// Bytes in the system.
    private static let most = 16 * 1024
    /// Bytes in this process, from which on an answer waits, and below which it goes on.
    private static let waiting = ChannelOptions.Types.WriteBufferWaterMark(
        low: 16 * 1024, high: 32 * 1024)

    /// `TCP_NOTSENT_LOWAT`.
    #if canImport(Darwin)
    private static let option = NIOBSDSocket.Option(rawValue: 0x201)
    #else
    private static let option = NIOBSDSocket.Option(rawValue: 25)
    #endif

    /// Sets both bounds. A system that does not know its own holds more.
    static func bound(on channel: any Channel) {
        try? channel.syncOptions?.setOption(.writeBufferWaterMark, value: waiting)
        try? channel.syncOptions?.setOption(
            .init(level: .tcp, name: option) as ChannelOptions.Types.SocketOption, value: most)
    }
}
