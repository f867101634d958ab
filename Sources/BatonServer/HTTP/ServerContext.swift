import Hummingbird
import NIOCore

/// What a request carries on its way through the server.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that it came by.
    let channel: any Channel
    /// The bytes of its body that it holds.
    let held = HeldBytes()
    /// Whose it is.
    let account = RequestAccount()

    init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
