import NIOCore

/// Bounds what is held of a connection's answers that has not even been sent
/// (``ServerLimits/unsentBytes``).
struct UnsentBytes: Sendable {
    private let most: Int

    /// `TCP_NOTSENT_LOWAT`.
    #if canImport(Darwin)
    private static let option = NIOBSDSocket.Option(rawValue: 0x201)
    #else
    private static let option = NIOBSDSocket.Option(rawValue: 25)
    #endif

    /// At most so many bytes in the system, and twice as many in this process.
    init(_ most: Int) { self.most = most }

    /// Bounds a new connection. A system that does not know how holds more.
    func bound(on channel: any Channel) {
        try? channel.syncOptions?.setOption(
            .writeBufferWaterMark, value: .init(low: most, high: most * 2))
        try? channel.syncOptions?.setOption(
            .init(level: .tcp, name: Self.option) as ChannelOptions.Types.SocketOption, value: most)
    }
}
