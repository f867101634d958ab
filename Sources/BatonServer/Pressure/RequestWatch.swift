import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Watches the requests of a connection of HTTP/1.1, or the one of a stream of HTTP/2: tells the connection's
/// watch of them, and closes where a body goes on and on whose request has been answered.
///
/// Who asks whether to send a body (`Expect`) is told to. What cannot be read as a request is answered from
/// outside the router, with a bare 400: this makes it the problem that it is.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let rule: HeadRule
    /// The answer to what is no request, and the headers that it comes with.
    private let unreadable: (body: [UInt8], headers: HTTPFields)
    private var connection: HeadWatch?
    private var streams: HTTP2Watch?
    private var isReading = false
    /// Requests whose answers have not ended; the last of them is the one that is read.
    private var unanswered = 0
    private var isAnswered = false
    private var unread = 0
    private var timer: Scheduled<Void>?

    init(_ rule: HeadRule, unreadable: (body: [UInt8], headers: HTTPFields)) {
        self.rule = rule
        self.unreadable = unreadable
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection = try? context.pipeline.syncOperations.handler(type: HeadWatch.self)
        connection?.watchHeads()
        // The parent of a connection is the listener, on a loop of its own.
        guard connection == nil, let parent = context.channel.parent else { return }
        streams = try? parent.pipeline.syncOperations.handler(type: HTTP2Watch.self)
        streams?.streamBegan()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        streams?.streamEnded()
        streams = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            isAnswered = false
            unanswered += 1
            connection?.headEnded()
            // RFC 9110, section 10.1.1; but in the middle of another answer it would be a part of that.
            if unanswered == 1, head.headerFields[.expect]?.lowercased() == "100-continue" {
                let goOn = HTTPResponsePart.head(HTTPResponse(status: .continue))
                context.writeAndFlush(wrapOutboundOut(goOn), promise: nil)
            }
        case .body(let part):
            guard isAnswered else { break }
            unread += part.readableBytes
            if unread > rule.bodyBytes { return context.close(promise: nil) }
        case .end:
            unread = 0
            isReading = false
            stop()
            connection?.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head)
        where head.headerFields[.contentType] == nil && head.status == .badRequest:
            for field in unreadable.headers { head.headerFields[field.name] = field.value }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(
                wrapOutboundOut(.body(ByteBuffer(bytes: unreadable.body))), promise: promise)
            closeLater(context, in: rule.patience)
        case .end:
            unanswered = max(0, unanswered - 1)
            isAnswered = isReading && unanswered == 0
            if isAnswered, timer == nil { closeLater(context, in: rule.bodyPatience) }
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }

    private func closeLater(_ context: ChannelHandlerContext, in time: TimeAmount) {
        stop()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }
}
