import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A proxy between one client and a server, on a socket of its own, that fails at random, under a seed, in the
/// ways of ``NetworkFault``: the client meets real resets and real answers that end early.
final class FlakyProxy: Sendable {
    private struct State {
        var random: UInt64
        var isMended = false
        var faults: [NetworkFault: Int] = [:]
    }

    private let server: String
    private let http: HTTPClient
    private let state: Mutex<State>

    /// A proxy to the server at an address such as `http://127.0.0.1:8377`.
    init(to server: String, http: HTTPClient, seed: UInt64) {
        self.server = server
        self.http = http
        state = Mutex(State(random: seed))
    }

    /// How often each fault has happened. One counts once it has: an answer that had nothing to
    /// be cut off is none.
    var faults: [NetworkFault: Int] { state.withLock { $0.faults } }

    /// Nothing fails from now on.
    func mend() { state.withLock { $0.isMended = true } }

    /// Listens on a port of the system's choosing, hands its address to `body`, and stops when that
    /// is done.
    func listen<Result: Sendable>(
        _ body: @Sendable @escaping (String) async throws -> Result
    ) async throws -> Result {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder()))
                    return try ProxiedConnection.Channel(wrappingChannelSynchronously: channel)
                }
            }
        guard let port = listener.channel.localAddress?.port else {
            throw TestFailure("the proxy has no port")
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.serve(listener) }
            defer { group.cancelAll() }
            return try await body("http://127.0.0.1:\(port)")
        }
    }

    /// The same for several, each at an address of its own.
    static func listen(
        _ proxies: [FlakyProxy], _ addresses: [String] = [],
        _ body: @Sendable @escaping ([String]) async throws -> Void
    ) async throws {
        guard addresses.count < proxies.count else { return try await body(addresses) }
        try await proxies[addresses.count].listen {
            try await listen(proxies, addresses + [$0], body)
        }
    }

    private func serve(_ listener: NIOAsyncChannel<ProxiedConnection.Channel, Never>) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask {
                        await ProxiedConnection(channel: connection, proxy: self).run()
                    }
                }
            }
        }
    }

    /// What befalls the next request, and a number for its measure; nothing in one of three.
    func draw() -> (fault: NetworkFault?, number: Int) {
        state.withLock { state in
            state.random &+= 0x9E37_79B9_7F4A_7C15
            var z = state.random
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            guard !state.isMended, z % 3 != 0 else { return (nil, 0) }
            let faults = NetworkFault.allCases
            return (faults[Int(z / 3 % UInt64(faults.count))], Int(z >> 40))
        }
    }

    /// Counts a fault that has happened.
    func count(_ fault: NetworkFault) { state.withLock { $0.faults[fault, default: 0] += 1 } }

    /// Sends a request on, and returns the server's answer, whole and as it came.
    func forward(_ request: ProxiedRequest) async throws -> ProxiedAnswer {
        var forwarded = HTTPClientRequest(url: server + request.head.uri)
        forwarded.method = request.head.method
        for (name, value) in request.head.headers
        where !["host", "content-length", "transfer-encoding", "connection"]
            .contains(name.lowercased())
        {
            forwarded.headers.add(name: name, value: value)
        }
        if request.body.readableBytes > 0 { forwarded.body = .bytes(request.body) }
        let response = try await http.execute(forwarded, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 32 << 20)
        return ProxiedAnswer(status: response.status, headers: response.headers, body: body)
    }
}

/// How a network fails.
enum NetworkFault: CaseIterable {
    /// The request arrives late, or its answer does.
    case delay
    /// The connection is reset before the request reaches the server.
    case resetBefore
    /// The server carries the request out, and the connection is reset in the answer's place.
    case resetAfter
    /// The answer ends early, and the connection with it.
    case cut
    /// The server gets the request twice at once; the answer that is there first is the one that comes.
    case doubledFirst
    /// The server gets the request twice, one after the other; the second answer comes.
    case doubledLast
}

/// A request that a proxy has taken, whole.
struct ProxiedRequest: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer
}

/// A server's answer on its way through a proxy.
struct ProxiedAnswer: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer

    /// Status and headers as they go over the wire, with the length of the whole body.
    var head: ByteBuffer {
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n"
        for (name, value) in headers
        where !["content-length", "transfer-encoding", "connection"].contains(name.lowercased()) {
            text += "\(name): \(value)\r\n"
        }
        return ByteBuffer(string: text + "content-length: \(body.readableBytes)\r\n\r\n")
    }
}
