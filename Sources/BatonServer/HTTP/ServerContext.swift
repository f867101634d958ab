import Hummingbird
import NIOCore

/// What a request carries on its way through the server.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// What it came by: a connection of HTTP/1.1, or a stream of HTTP/2.
    let channel: any Channel
    /// The connection that this is, or is a stream of.
    let connection: any Channel
    /// The bytes of its body that it holds.
    let held = HeldBytes()
    /// What it holds of its caller's shares.
    let shares = HeldShares()
    /// Whose it is.
    let account = RequestAccount()

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
        // The parent of a stream is its connection; that of a connection the listener, which has none.
        connection = channel.parent.flatMap { $0.parent == nil ? nil : $0 } ?? channel
    }

    /// Whether it came by a stream of HTTP/2.
    var isStream: Bool { connection !== channel }
}
