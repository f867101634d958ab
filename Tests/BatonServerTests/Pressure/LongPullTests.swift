import AsyncHTTPClient
import BatonCore
import BatonGzip
import BatonWire
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import BatonServer

/// Pulls of many events, whose JSON is made while it is sent.
@Suite struct LongPullTests {
    private static let path = "/v1/streams/s/events"

    /// Pushes so many events of some 2 KiB, each a batch of its own.
    private func fill(_ server: TestServer, events: Int) async throws {
        let device = RawDevice(1, channel: "app", stream: "s")
        for number in 0..<events {
            let note = String(repeating: "y", count: 2_000) + "\(number)"
            let event = device.event(
                seen: 0, time: server.clock.now,
                #"{"entity":"cart/main","path":"/note","set":"\#(note)"}"#)
            let answer = try await device.push([event], to: server)
            #expect(answer.status == 200, "\(answer.text.prefix(300))")
        }
    }

    @Test(arguments: [1, 33, 200])
    func `The JSON is that of the whole answer, compressed or not`(events: Int) async throws {
        try await TestServer.with { server in
            try await fill(server, events: events)
            let binary = try await server.call(
                "GET", Self.path, headers: [("Accept", "application/x-protobuf")])
            let whole = try Protobuf.decode(Baton_V1_PullResponse.self, from: binary.body)
            #expect(whole.batches.count == events && !whole.more)
            for coding in ["identity", "gzip"] {
                let answer = try await server.call(
                    "GET", Self.path, headers: [("Accept-Encoding", coding)])
                #expect(answer.status == 200)
                #expect(answer.headers["content-type"] == "application/json")
                #expect(answer.headers["content-encoding"] == (coding == "gzip" ? coding : nil))
                #expect(answer.headers["vary"] == "Accept, Accept-Encoding")
                let text =
                    coding == "gzip"
                    ? try Gzip.decompress(answer.body, limit: 4 << 20) : answer.body
                var message = try Protobuf.decodeJSON(Baton_V1_PullResponse.self, from: text)
                message.serverTime = whole.serverTime
                #expect(message == whole)
            }
            let head = try await server.call("HEAD", Self.path)
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(try await server.metric("baton_answer_bytes") == 0)
        }
    }

    /// Pushes more than the sockets of both sides hold together.
    private func fillBeyondSockets(_ server: TestServer) async throws {
        let device = RawDevice(1, channel: "app", stream: "s")
        let note = String(repeating: "y", count: 4_000)
        let operations = (1...10).map { line in
            #"{"entity":"cart/main","path":"/lines/\#(line)/note","set":"\#(note)"}"#
        }.joined(separator: ",")
        for _ in 0..<20 {
            let batch = (0..<20).map { _ in
                device.event(seen: 0, time: server.clock.now, operations)
            }
            #expect(try await device.push(batch, to: server).status == 200)
        }
    }

    @Test func `What cannot be held beside other answers is refused`() async throws {
        var limits = ServerLimits()
        limits.answerBytesAtOnce = 200_000
        limits.stallSeconds = 60
        try await withUnreadPull(limits) { server in
            #expect(
                try await eventually { try await server.metric("baton_answer_bytes") ?? 0 > 0 })
            let refused = try await server.call("GET", Self.path)
            #expect(refused.status == 503 && refused.problem == "overloaded")
        }
    }

    @Test func `Who does not read is cut off, and what was held for it is free`() async throws {
        var limits = ServerLimits()
        limits.stallSeconds = 1
        try await withUnreadPull(limits) { server in
            #expect(
                try await eventually { try await server.metric("baton_stalled_total") ?? 0 > 0 })
            let isFree = try await eventually {
                try await server.metric("baton_answer_bytes") == 0
            }
            #expect(isFree)
            // One event: a slow machine would not read all of them fast enough either.
            let read = try await server.call("GET", Self.path + "?limit=1")
            #expect(read.status == 200)
        }
    }

    /// 400 KiB, of which a client reads nothing: they wait in the server where it may hold so many, and are
    /// found not to be read where it may not.
    @Test(arguments: [16 * 1024, 4 << 20])
    func `What waits unsent is bounded`(unsent: Int) async throws {
        var limits = ServerLimits()
        limits.unsentBytes = unsent
        limits.stallSeconds = 1
        try await TestServer.with(limits: limits) { server in
            try await fill(server, events: 200)
            let channel = try await Self.askAndNotRead(
                server, Self.path, token: server.token())
            if unsent < 1 << 20 {
                let isFound = try await eventually {
                    try await server.metric("baton_stalled_total") ?? 0 > 0
                }
                #expect(isFound)
            } else {
                try await Task.sleep(for: .seconds(3))
                #expect(try await server.metric("baton_stalled_total") == 0)
            }
            try? await channel.close()
        }
    }

    @Test func `Its bytes are its caller's to pay`() async throws {
        var limits = ServerLimits()
        limits.bytesPerMinute = 250_000
        try await TestServer.with(limits: limits) { server in
            try await fill(server, events: 40)
            let token = try await server.token(role: .kiosk, replica: ReplicaID(high: 1, low: 1))
            var statuses: [Int] = []
            for _ in 0..<5 {
                statuses.append(try await server.call("GET", Self.path, token: .some(token)).status)
            }
            #expect(statuses == [200, 200, 200, 429, 429])
        }
    }

    @Test(arguments: ["events", "live"])
    func `Who hangs up in the middle pays for what was made`(call: String) async throws {
        var limits = ServerLimits()
        limits.bytesPerMinute = 10_000
        limits.stallSeconds = 1
        try await TestServer.with(limits: limits) { server in
            try await fill(server, events: 200)
            let filled = try await tenantBytes(server)
            let token = try await server.token(role: .kiosk, replica: ReplicaID(high: 1, low: 1))
            let channel = try await Self.askAndNotRead(
                server, "/v1/streams/s/\(call)", token: token)
            let isCutOff = try await eventually {
                try await server.metric("baton_stalled_total") ?? 0 > 0
            }
            #expect(isCutOff)
            try? await channel.close()
            let next = try await server.call("GET", Self.path, token: .some(token))
            #expect(next.status == 429 && next.text.contains("10000 bytes a minute"))
            // Of the 400 KiB only what was made.
            let made = try await tenantBytes(server)
            #expect(made < filled + 300_000)
        }
    }

    @Test func `Who is in debt gets the rest of a long answer slower`() async throws {
        var limits = ServerLimits()
        limits.bytesPerMinute = 10_000
        try await TestServer.with(limits: limits) { server in
            try await fill(server, events: 40)
            let token = try await server.token(role: .kiosk, replica: ReplicaID(high: 1, low: 1))
            let began = ContinuousClock.now
            let answer = try await server.call("GET", Self.path, token: .some(token))
            #expect(answer.status == 200 && answer.body.count > 80_000)
            // Five pieces and more, each a second late.
            #expect(ContinuousClock.now - began > .seconds(3))
        }
    }

    private func tenantBytes(_ server: TestServer) async throws -> Int {
        let token = try await server.token(role: .operator)
        let name = #"baton_tenant_bytes_total{tenant="acme"}"#
        return try #require(try await server.metric(name, token: token))
    }

    /// Runs `body` while a client has asked for more than the sockets hold, and reads no more than the head of
    /// the answer.
    private func withUnreadPull(
        _ given: ServerLimits, _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        var limits = given
        limits.bytesPerPull = 32 << 20
        limits.eventsPerSnapshot = 1_000
        try await TestServer.with(limits: limits) { server in
            try await fillBeyondSockets(server)
            try await Self.ask(server) { try await body(server) }
        }
    }

    /// Asks on a connection of which nothing is ever read.
    private static func askAndNotRead(
        _ server: TestServer, _ path: String, token: String
    ) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: server.port).get()
        let head =
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: head))
        return channel
    }

    private static func ask(
        _ server: TestServer, _ body: () async throws -> Void
    ) async throws {
        try await withClient { client in
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
            request.headers.add(
                name: "Authorization", value: "Bearer \(try await server.token())")
            let response = try await client.execute(request, timeout: .seconds(120))
            #expect(response.status == .ok)
            try await body()
            withExtendedLifetime(response) {}
        }
    }
}
