import NIOCore

/// Closes connections of HTTP/2 that ask nothing, or that begin something and do not end it in time: the
/// preface, or a frame but one of a body, or the head of a request in several frames.
///
/// Stands behind TLS and sees bytes as they come and, by ``RequestWatch``, the streams that are open.
/// Hummingbird asks who is idle to leave (GOAWAY, PING), and waits for the answer without end: this one is for
/// those who do not answer.
final class HTTP2Watch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let rule: HeadRule
    private var frames = HTTP2Frames()
    private var streams = 0
    private var hasAsked = false
    private var isEnding = false
    private var restsSince = NIODeadline.now()
    private var headTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?

    init(_ rule: HeadRule) { self.rule = rule }

    func handlerAdded(context: ChannelHandlerContext) { wait(context) }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let hasEnded = frames.take(unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
        if hasEnded || frames.isAtRest {
            headTimer?.cancel()
            headTimer = nil
        }
        guard !frames.isAtRest, headTimer == nil else { return }
        let channel = context.channel
        headTimer = context.eventLoop.scheduleTask(in: rule.patience) { [rule] in rule.end(channel)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isEnding = true
            restsSince = .now()
            wait(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A stream was opened.
    func streamBegan() {
        streams += 1
        hasAsked = true
    }

    /// A stream was closed.
    func streamEnded() {
        streams -= 1
        restsSince = .now()
    }

    /// How long a connection without streams may stay: the time that it is asked to leave after, and some
    /// to answer.
    private var patience: TimeAmount {
        if isEnding { return rule.patience }
        return hasAsked ? rule.idle + rule.patience : rule.idle
    }

    /// Looks again once the connection may have rested for too long. One timer does for many requests.
    private func wait(_ context: ChannelHandlerContext) {
        idleTimer?.cancel()
        let due = streams > 0 ? .now() + patience : restsSince + patience
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        idleTimer = context.eventLoop.scheduleTask(deadline: due) {
            let (watch, context) = bound.value
            if watch.streams == 0, watch.restsSince + watch.patience <= .now() {
                context.close(promise: nil)
            } else {
                watch.wait(context)
            }
        }
    }

    private func stop() {
        headTimer?.cancel()
        idleTimer?.cancel()
        headTimer = nil
        idleTimer = nil
    }
}
