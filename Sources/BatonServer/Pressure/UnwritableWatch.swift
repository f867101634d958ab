import NIOCore

/// Closes a connection, or a stream of HTTP/2, whose client reads so little that nothing more can be written to
/// it for too long: whatever waits there, a piece of a long answer, a problem, or the answers to many requests
/// that came at once.
///
/// A client that comes again goes on where it stood: pulls have cursors, and so have live answers
/// (`Last-Event-ID`).
final class UnwritableWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let rule: HeadRule
    private var timer: Scheduled<Void>?

    init(_ rule: HeadRule) { self.rule = rule }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let channel = context.channel
        if channel.isWritable {
            stop()
        } else if timer == nil {
            timer = context.eventLoop.scheduleTask(in: rule.stall) { [rule] in
                rule.endStalled(channel)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}
