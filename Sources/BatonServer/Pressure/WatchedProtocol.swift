import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A protocol of HTTP whose connections are watched and bounded from their first byte on.
struct WatchedProtocol<Spoken: HTTPChannelHandler>: HTTPChannelHandler {
    let spoken: Spoken
    let isSecure: Bool
    let rule: HeadRule
    let unsent: UnsentBytes
    let connections: Connections

    var responder: Responder { spoken.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Spoken.Value> {
        let pipeline = channel.pipeline.syncOperations
        let watch = HeadWatch(rule, isSecure: isSecure)
        unsent.bound(on: channel)
        connections.count(channel)
        do {
            guard isSecure else {
                // Before the rest, which looks for it.
                try pipeline.addHandler(watch)
                return spoken.setup(channel: channel, logger: logger)
            }
            let value = spoken.setup(channel: channel, logger: logger)
            let secure = try pipeline.handler(type: NIOSSLServerHandler.self)
            try pipeline.addHandler(watch, position: .after(secure))
            return value
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    func handle(value: Spoken.Value, logger: Logger) async {
        await spoken.handle(value: value, logger: logger)
    }
}
