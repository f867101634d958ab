import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Watches the requests of a connection of HTTP/1.1, or the one of a stream of HTTP/2: tells the connection's
/// watch of them, and closes where a body goes on and on whose request has been answered, or where the client
/// of a stream does not take the answer.
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
    /// The place of a stream among all; `nil` for a connection, and where there was none.
    private var place: PlaceTaken?
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
        place = PlaceTaken(rule.streams)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        streams?.streamEnded()
        streams = nil
        place?.free()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // A stream too many: it is as good as refused (RFC 9113, section 5.1.2), for nothing was done.
            guard streams == nil || place != nil else { return context.close(promise: nil) }
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
            if isAnswered { waitForDelivery(context) }
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
            if !isReading { waitForDelivery(context) }
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }

    /// A stream is over once its answer is delivered. One that stays has a client that reads nothing; of a
    /// connection, the next request may come.
    private func waitForDelivery(_ context: ChannelHandlerContext) {
        guard streams != nil else { return }
        stop()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: rule.stall) { [rule] in
            rule.endStalled(channel)
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
