import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection under TLS to a port of this machine, which says what it likes where HTTP/2 is expected.
final class RawSecureSocket: Sendable {
    private final class Ear: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let heard = Mutex<[UInt8]>([])

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            heard.withLock { $0 += bytes }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let channel: any Channel
    private let ear = Ear()

    /// Connects, and sends each of these a second after the one before, however busy the tests are.
    init(port: Int, saying pieces: [[UInt8]] = []) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        tls.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: tls)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { [ear] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLClientHandler(context: context, serverHostname: nil), ear)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .map { channel in
                for (number, bytes) in pieces.enumerated() {
                    channel.eventLoop.scheduleTask(in: .seconds(Int64(number))) {
                        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
                    }
                }
                return channel
            }.get()
    }

    deinit { channel.close(promise: nil) }

    /// Sends bytes.
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Waits until the other side has closed; `saying` something again and again.
    func ends(within tries: Int, saying bytes: [UInt8] = []) async throws -> Bool {
        for _ in 0..<tries {
            if !channel.isActive { return true }
            if !bytes.isEmpty { send(bytes) }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Whether a frame of the type has come, on the stream.
    func hasHeard(_ type: HTTP2Bytes.FrameType, on stream: UInt8) -> Bool {
        var bytes = ear.heard.withLock { $0 }[...]
        while bytes.count >= 9 {
            let head = Array(bytes.prefix(9))
            if head[3] == type.rawValue, head[8] == stream { return true }
            bytes = bytes.dropFirst(9 + Int(head[0]) << 16 + Int(head[1]) << 8 + Int(head[2]))
        }
        return false
    }
}

/// What clients of HTTP/2 send (RFC 9113), byte by byte.
enum HTTP2Bytes {
    enum FrameType: UInt8 {
        case data = 0
        case headers, priority, reset, settings, promise, ping, away, window, continuation
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = frame(.settings)
    static let hello = preface + settings

    static func frame(
        _ type: FrameType, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        [
            0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), type.rawValue, flags, 0, 0,
            0, stream,
        ]
            + payload
    }

    /// The head of a request, in HPACK (RFC 7541) with the static table alone.
    static func head(_ method: String, _ path: String) -> [UInt8] {
        [method == "GET" ? 0x82 : 0x83, 0x87, 0x04, UInt8(path.utf8.count)] + Array(path.utf8)
            + [0x01, 0x01] + Array("a".utf8)
    }

    /// A request with no body, or one whose body is to come.
    static func request(
        _ method: String, _ path: String, stream: UInt8 = 1, hasBody: Bool = false
    ) -> [UInt8] {
        frame(.headers, flags: hasBody ? 0x4 : 0x5, stream: stream, head(method, path))
    }
}
