import NIOCore
import NIOTLS

/// Closes connections that begin something and do not end it in time: a TLS handshake, or the head of a
/// request. Whoever sends a byte now and then (slowloris) would otherwise hold a place as long as he likes.
///
/// Stands behind TLS, if there is any, and sees bytes as they come and, by ``RequestWatch``, which of them
/// ended a head. A connection that rests between two requests is not its business; nor is one that turns out
/// to speak HTTP/2, which ``HTTP2Watch`` takes over.
final class HeadWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase {
        case handshake, between, head, request
    }

    private let rule: HeadRule
    private var phase: Phase
    private var isHTTP1 = false
    private var timer: Scheduled<Void>?

    init(_ rule: HeadRule, isSecure: Bool) {
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
        if case .handshakeCompleted(let spoken)? = event as? TLSUserEvent {
            phase = .between
            stop()
            if spoken == "h2" {
                try? context.pipeline.syncOperations.addHandlers(
                    [HTTP2Watch(rule), UnwritableWatch(rule)], position: .after(self))
            }
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
    func watchHeads() { isHTTP1 = true }

    func headEnded() {
        phase = .request
        stop()
    }

    func requestEnded() { phase = .between }

    private func start(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: rule.patience) { [rule] in rule.end(channel) }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}
