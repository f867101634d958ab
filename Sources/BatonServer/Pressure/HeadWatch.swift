import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import Synchronization

/// Closes connections that begin something and do not end it in time: a TLS handshake, or the head of a
/// request. Whoever sends a byte now and then (slowloris) would otherwise hold a place as long as he likes.
///
/// Stands behind TLS, if there is any, and sees bytes as they come and, by ``HeadWatchParts``, which of them
/// ended a head. A connection that rests between two requests is not its business; nor is one that speaks
/// HTTP/2, whose frames hold whole heads.
final class HeadWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What all connections share: their patience, and how often it ended.
    final class Rule: Sendable {
        let patience: TimeAmount
        private let count = Mutex(0)

        init(seconds: Int) { patience = .seconds(Int64(seconds)) }

        /// How many connections were closed so far.
        var closed: Int { count.withLock { $0 } }

        fileprivate func end(_ channel: any Channel) {
            count.withLock { $0 += 1 }
            channel.close(promise: nil)
        }
    }

    private enum Phase {
        case handshake, between, head, request
    }

    private let rule: Rule
    private var phase: Phase
    private var isHTTP1 = false
    private var timer: Scheduled<Void>?

    init(_ rule: Rule, isSecure: Bool) {
        self.rule = rule
        phase = isSecure ? .handshake : .between
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if phase == .handshake { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            phase = .between
            stop()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isHTTP1, phase == .between { phase = .head }
        context.fireChannelRead(data)
        // Most heads come whole, and need no timer.
        if phase == .head, timer == nil { start(context) }
    }

    /// The connection speaks HTTP/1.1.
    fileprivate func watchHeads() { isHTTP1 = true }

    fileprivate func headEnded() {
        phase = .request
        stop()
    }

    fileprivate func requestEnded() { phase = .between }

    private func start(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: rule.patience) { [rule] in rule.end(channel) }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}

/// Tells a connection's ``HeadWatch`` of the parts that its decoder has found.
private final class HeadWatchParts: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let watch: HeadWatch

    init(_ watch: HeadWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: watch.headEnded()
        case .body: break
        case .end: watch.requestEnded()
        }
        context.fireChannelRead(data)
    }
}

/// Puts a ``HeadWatchParts`` behind the decoder of a connection that turns out to speak HTTP/1.1. The
/// streams of HTTP/2 have neither watch nor decoder.
final class HeadWatchInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let watch = try? pipeline.handler(type: HeadWatch.self),
            let decoder = try? pipeline.handler(
                type: ByteToMessageHandler<HTTPRequestDecoder>.self),
            (try? pipeline.addHandler(HeadWatchParts(watch), position: .after(decoder))) != nil
        else { return }
        watch.watchHeads()
    }
}

/// A protocol of HTTP whose connections are watched and bounded from their first byte on.
struct WatchedProtocol<Spoken: HTTPChannelHandler>: HTTPChannelHandler {
    let spoken: Spoken
    let isSecure: Bool
    let rule: HeadWatch.Rule
    let unsent: UnsentBytes

    var responder: Responder { spoken.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Spoken.Value> {
        let pipeline = channel.pipeline.syncOperations
        let watch = HeadWatch(rule, isSecure: isSecure)
        unsent.bound(on: channel)
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
