import NIOCore

/// Bounds what the system holds of a connection's answers that it has not even sent.
///
/// By itself the system takes megabytes for a client that reads nothing, and such a client's answers go on
/// being made until these are full. What is under way does not count, so that a fast client far away is sent
/// as much as ever.
enum UnsentBytes {
    private static let most = 64 * 1024

    #if canImport(Darwin)
    private static let option = NIOBSDSocket.Option(rawValue: 0x201)
    #else
    private static let option = NIOBSDSocket.Option(rawValue: 25)
    #endif

    /// Sets `TCP_NOTSENT_LOWAT`. A system that does not know it holds more.
    static func bound(on channel: any Channel) {
        try? channel.syncOptions?.setOption(
            .init(level: .tcp, name: option) as ChannelOptions.Types.SocketOption, value: most)
    }
}
