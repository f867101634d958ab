import Foundation
import NIOCore
import NIOHTTP1

/// One connection of a client to a ``FlakyProxy``: its requests, one after another.
struct ProxiedConnection: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>
    private typealias Writer = NIOAsyncChannelOutboundWriter<ByteBuffer>

    let channel: Channel
    let proxy: FlakyProxy

    /// Ends the connection on purpose.
    private struct End: Error {}

    /// Until the client, the server or a fault ends it.
    func run() async {
        try? await channel.executeThenClose { requests, writer in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in requests {
                switch part {
                case .head(let next):
                    head = next
                    body.clear()
                case .body(var piece): body.writeBuffer(&piece)
                case .end:
                    guard let whole = head.take() else { throw End() }
                    try await answer(ProxiedRequest(head: whole, body: body), writer)
                }
            }
        }
    }

    private func answer(_ request: ProxiedRequest, _ writer: Writer) async throws {
        let (fault, number) = proxy.draw()
        switch fault {
        case nil: try await write(try await proxy.forward(request), writer)
        case .delay?:
            let pause = Duration.milliseconds(number % 30)
            if number % 2 == 0 { try await Task.sleep(for: pause) }
            let answer = try await proxy.forward(request)
            if number % 2 == 1 { try await Task.sleep(for: pause) }
            proxy.count(.delay)
            try await write(answer, writer)
        case .resetBefore?: try await reset(.resetBefore)
        case .resetAfter?:
            _ = try await proxy.forward(request)
            try await reset(.resetAfter)
        case .cut?: try await cut(try await proxy.forward(request), at: number, writer)
        case .doubledFirst?:
            async let twin = proxy.forward(request)
            let first = try await proxy.forward(request)
            _ = try await twin
            proxy.count(.doubledFirst)
            try await write(first, writer)
        case .doubledLast?:
            _ = try await proxy.forward(request)
            let last = try await proxy.forward(request)
            proxy.count(.doubledLast)
            try await write(last, writer)
        }
    }

    /// Resets the connection, as a router does that has forgotten it: what was not sent yet is not.
    private func reset(_ fault: NetworkFault) async throws {
        guard let socket = channel.channel as? any SocketOptionProvider else {
            throw TestFailure("the connection has no socket to reset")
        }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        proxy.count(fault)
        try await channel.channel.close()
        throw End()
    }

    /// Promises the whole answer, sends a part, and ends the connection.
    private func cut(_ answer: ProxiedAnswer, at number: Int, _ writer: Writer) async throws {
        guard answer.body.readableBytes > 0 else { return try await write(answer, writer) }
        let left = number % answer.body.readableBytes
        try await writer.write(answer.head)
        try await writer.write(answer.body.getSlice(at: 0, length: left) ?? ByteBuffer())
        proxy.count(.cut)
        try await channel.channel.close()
        throw End()
    }

    private func write(_ answer: ProxiedAnswer, _ writer: Writer) async throws {
        try await writer.write(answer.head)
        try await writer.write(answer.body)
    }
}
