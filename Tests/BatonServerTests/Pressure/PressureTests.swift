import AsyncHTTPClient
import BatonCore
import BatonGzip
import BatonLog
import BatonWire
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import BatonServer

/// What a server does when more is asked of it than it has room for.
@Suite struct PressureTests {
    /// A write whose body comes only as far as `body` yields it.
    private func slowWrite(
        to server: TestServer, length: Int, _ body: AsyncStream<ByteBuffer>
    ) async throws -> HTTPClientRequest {
        var request = HTTPClientRequest(
            url: "http://127.0.0.1:\(server.port)/v1/streams/s/entities/cart/main")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(try await server.token())")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .stream(body, length: .known(Int64(length)))
        return request
    }

    @Test func `A connection too many is told so, and has its place when one is free`()
        async throws
    {
        var limits = ServerLimits()
        limits.connections = 1
        try await TestServer.with(limits: limits) { server in
            try await withClient { first in
                var live = HTTPClientRequest(
                    url: "http://127.0.0.1:\(server.port)/v1/streams/s/live")
                live.headers.add(
                    name: "Authorization", value: "Bearer \(try await server.token())")
                let open = try await first.execute(live, timeout: .seconds(120))
                #expect(open.status == .ok)
                let answer = try await server.write(
                    "s", "cart/main", #"{"path":"/note","set":"one"}"#)
                #expect(answer.status == 503 && answer.problem == "overloaded")
                let pause = try #require(answer.headers["retry-after"].flatMap { Int($0) })
                #expect((1...4).contains(pause))
                #expect(answer.headers["connection"] == "close")
                #expect(try await server.metric("baton_connections") == 1)
            }
            #expect(
                try await eventually {
                    try await server.write(
                        "s", "cart/main", #"{"path":"/note","set":"two"}"#
                    ).status == 200
                })
        }
    }

    @Test func `Bodies that do not fit together are refused, and fit one after another`()
        async throws
    {
        var limits = ServerLimits()
        limits.bodyBytesAtOnce = 100
        let text =
            #"{"operations":[{"path":"/note","set":"one"}]}"# + String(repeating: " ", count: 30)
        try await TestServer.with(limits: limits) { server in
            try await withClient { client in
                let (body, writer) = AsyncStream<ByteBuffer>.makeStream()
                let request = try await slowWrite(to: server, length: text.utf8.count, body)
                async let slow = client.execute(request, timeout: .seconds(120))
                writer.yield(ByteBuffer(string: String(text.prefix(10))))
                #expect(
                    try await eventually {
                        try await server.metric("baton_request_bytes") == text.utf8.count
                    })
                let other = try await server.write(
                    "s", "cart/main", #"{"path":"/note","set":"two"}"#)
                #expect(other.status == 503 && other.problem == "overloaded")
                writer.yield(ByteBuffer(string: String(text.dropFirst(10))))
                writer.finish()
                #expect(try await slow.status == .ok)
                #expect(
                    try await server.write("s", "cart/main", #"{"path":"/note","set":"two"}"#)
                        .status == 200)
                #expect(try await server.metric("baton_request_bytes") == 0)
            }
        }
    }

    @Test func `What a body grows to is held before it has grown`() async throws {
        var limits = ServerLimits()
        limits.bodyBytesAtOnce = 1_500_000
        // Grows to a megabyte and breaks then: who inflates all of it before he looks finds the break.
        let zeros = try Gzip.compress([UInt8](repeating: 0, count: 1_000_000))
        let broken = zeros.dropLast(8) + [UInt8](repeating: 1, count: 8)
        try await TestServer.with(limits: limits) { server in
            let other = try RawSocket(port: server.port)
            let token = try await server.token()
            other.send(
                "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer \(token)\r\nContent-Length: 1000000\r\n\r\n")
            #expect(
                try await eventually {
                    try await server.metric("baton_request_bytes") == 1_000_000
                })
            let answer = try await server.call(
                "POST", "/v1/sync", bytes: Array(broken),
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
            #expect(answer.status == 503 && answer.problem == "overloaded")
            #expect(try await server.metric("baton_request_bytes") == 1_000_000)
        }
    }

    @Test func `A claim is small, and who sends more is not heard to the end`() async throws {
        try await TestServer.with { server in
            let long = #"{"code":""# + String(repeating: "A", count: 5_000) + #""}"#
            let plain = try await server.call(
                "POST", "/v1/handoffs/claim", json: long, token: .some(nil))
            #expect(plain.status == 413 && plain.problem == "body-too-large")
            let compressed = try await server.call(
                "POST", "/v1/handoffs/claim", bytes: Gzip.compress(Array(long.utf8)),
                headers: [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
                token: .some(nil))
            #expect(compressed.status == 413 && compressed.problem == "body-too-large")
        }
    }

    @Test func `A caller that asks too often waits, and no other does`() async throws {
        var limits = ServerLimits()
        limits.requestsPerSecond = 5
        try await TestServer.with(limits: limits) { server in
            let device = try await server.token(
                role: .customer, replica: ReplicaID(high: 1, low: 1))
            let other = try await server.token(role: .customer, replica: ReplicaID(high: 1, low: 2))
            func status(_ token: String) async throws -> Int {
                try await server.call("GET", "/v1/schemas", token: .some(token)).status
            }
            // Two seconds' worth at once, and not one more.
            for _ in 1...10 { #expect(try await status(device) == 200) }
            let refused = try await server.call("GET", "/v1/schemas", token: .some(device))
            #expect(refused.status == 429 && refused.problem == "limit-exceeded")
            #expect(refused.text.contains("5 requests a second"))
            #expect(refused.headers["retry-after"] != nil)
            #expect(try await status(other) == 200)
            for _ in 1...30 { #expect(try await status(server.token()) == 200) }
            server.clock.advance(200)
            #expect(try await status(device) == 200)
            #expect(try await status(device) == 429)
        }
    }

    @Test func `Who has caused more bytes than a minute's worth pays them off first`() async throws
    {
        var limits = ServerLimits()
        limits.bytesPerMinute = 60_000
        try await TestServer.with(limits: limits) { server in
            let device = try await server.token(role: .kiosk, replica: ReplicaID(high: 1, low: 1))
            func write() async throws -> Answer {
                try await server.call(
                    "POST", "/v1/streams/s/entities/cart/main",
                    json: #"{"operations":[{"path":"/note","set":"x"}]}"#
                        + String(repeating: " ", count: 50_000), token: .some(device))
            }
            #expect(try await write().status == 200)
            #expect(try await write().status == 200)
            let refused = try await write()
            #expect(refused.status == 429 && refused.text.contains("60000 bytes a minute"))
            // A clock that is set back makes nobody wait for longer.
            server.clock.advance(-3_600_000)
            #expect(try await write().status == 429)
            server.clock.advance(45_000)
            #expect(try await write().status == 200)
        }
    }

    @Test func `A body that does not come is not waited for`() async throws {
        var limits = ServerLimits()
        limits.bodySeconds = 1
        try await TestServer.with(limits: limits) { server in
            try await withClient { client in
                let (body, writer) = AsyncStream<ByteBuffer>.makeStream()
                let request = try await slowWrite(to: server, length: 100, body)
                async let slow = client.execute(request, timeout: .seconds(120))
                writer.yield(ByteBuffer(string: "{"))
                #expect(
                    try await eventually {
                        try await server.metric("baton_slow_bodies_total") == 1
                    })
                writer.finish()
                #expect((try? await slow.status) != .ok)
                #expect(try await server.metric("baton_request_bytes") == 0)
            }
        }
    }

    @Test(arguments: [("X-Long", 17_000, 1), ("X-Many", 1, 101), ("X-Together", 9_000, 4)])
    func `Header lines beyond their limits end the connection`(
        name: String, length: Int, count: Int
    ) async throws {
        try await TestServer.with { server in
            let value = String(repeating: "a", count: length)
            let headers = (0..<count).map { ("\(name)-\($0)", value) }
            let answer = try await server.call(
                "GET", "/healthz", headers: headers, token: .some(nil))
            #expect(answer.status == 400 && answer.headers["connection"] == "close")
            let fits = try await server.call(
                "GET", "/healthz", headers: Array(headers.dropLast(count / 10 + 1)),
                token: .some(nil))
            #expect(fits.status == 200)
        }
    }

    @Test func `A request too many is refused, but what tells of the load is answered`()
        async throws
    {
        var limits = ServerLimits()
        limits.requestsAtOnce = 1
        try await TestServer.with(limits: limits) { server in
            try await withClient { client in
                let (body, writer) = AsyncStream<ByteBuffer>.makeStream()
                let text = #"{"operations":[{"path":"/note","set":"one"}]}"#
                let request = try await slowWrite(to: server, length: text.utf8.count, body)
                async let slow = client.execute(request, timeout: .seconds(120))
                #expect(
                    try await eventually {
                        try await server.metric("baton_requests_at_once") == 1
                    })
                let other = try await server.call("GET", "/v1/schemas")
                #expect(other.status == 503 && other.problem == "overloaded")
                #expect(try await server.call("GET", "/healthz").status == 200)
                #expect(try await server.call("GET", "/readyz").status == 200)
                writer.yield(ByteBuffer(string: text))
                writer.finish()
                #expect(try await slow.status == .ok)
            }
            #expect(try await server.call("GET", "/v1/schemas").status == 200)
        }
    }

    @Test func `A sync of many long streams ends before its answer is too long`() async throws {
        var limits = ServerLimits()
        limits.bytesPerSync = 1_500
        try await TestServer.with(limits: limits) { server in
            let note = String(repeating: "x", count: 600)
            for stream in ["a", "b", "c"] {
                for _ in 0..<4 {
                    try await server.write(
                        stream, "cart/main", #"{"path":"/note","set":"\#(note)"}"#)
                }
            }
            let answer = try await server.call(
                "POST", "/v1/sync",
                json: #"{"streams":[{"stream":"a"},{"stream":"b"},{"stream":"c"}]}"#)
            let message = try Protobuf.decodeJSON(Baton_V1_SyncResponse.self, from: answer.body)
            let counts = message.streams.map { stream in
                stream.pulled.batches.reduce(0) { $0 + $1.events.count }
            }
            #expect(counts == [3, 1, 1])
            #expect(message.streams.allSatisfy { $0.pulled.more && !$0.pulled.cursor.isEmpty })
        }
    }

    @Test(.timeLimit(.minutes(20)))
    func `A subscriber that does not read is cut off, and misses nothing when it comes again`()
        async throws
    {
        var limits = ServerLimits()
        limits.stallSeconds = 1
        let message = limits.bytesPerLive
        try await TestServer.with(limits: limits) { server in
            try await withClient { client in
                var request = HTTPClientRequest(
                    url: "http://127.0.0.1:\(server.port)/v1/streams/s/live")
                request.headers.add(
                    name: "Authorization", value: "Bearer \(try await server.token())")
                let response = try await client.execute(request, timeout: .seconds(120))
                // More than the sockets of both sides hold together.
                let count = 400
                try await fill(server, events: count)
                #expect(
                    try await eventually {
                        (try await server.metric("baton_stalled_total") ?? 0) > 0
                    })
                let held = try await server.metric("baton_answer_bytes") ?? .max
                #expect(held <= 4 * message)

                var text = ""
                do {
                    for try await buffer in response.body { text += String(buffer: buffer) }
                } catch {}
                let whole = text.components(separatedBy: "\n\n").dropLast()
                var seen = try offsets(whole)
                #expect(seen.count < count)
                var last = lastID(of: whole) ?? ""
                // On a busy machine this reader, too, may be too slow, and come again.
                for _ in 0..<100 where seen.count < count {
                    request.headers.replaceOrAdd(name: "Last-Event-ID", value: last)
                    let again = try await client.execute(request, timeout: .seconds(120))
                    var rest = ""
                    do {
                        for try await buffer in again.body {
                            rest += String(buffer: buffer)
                            guard rest.hasSuffix("\n\n") else { continue }
                            let messages = rest.components(separatedBy: "\n\n").dropLast()
                            seen += try offsets(messages)
                            last = lastID(of: messages) ?? last
                            rest = ""
                            if seen.count >= count { break }
                        }
                    } catch {}
                }
                #expect(seen == Array(1...UInt64(count)))
            }
        }
    }

    /// Pushes events of about 40 KB each.
    private func fill(_ server: TestServer, events: Int) async throws {
        let device = RawDevice(1, channel: "app", stream: "s")
        let note = String(repeating: "y", count: 4_000)
        let operations = (1...10).map { line in
            #"{"entity":"cart/main","path":"/lines/\#(line)/note","set":"\#(note)"}"#
        }.joined(separator: ",")
        for start in stride(from: 0, to: events, by: 20) {
            let batch = (start..<min(start + 20, events)).map { _ in
                device.event(seen: 0, time: server.clock.now, operations)
            }
            let answer = try await device.push(batch, to: server)
            #expect(answer.status == 200, "\(answer.text.prefix(300))")
        }
    }

    private func lastID(of messages: some BidirectionalCollection<String>) -> String? {
        messages.last { $0.hasPrefix("id: ") }?.split(separator: "\n").first.map {
            String($0.dropFirst(4))
        }
    }

    private func offsets(_ events: some Sequence<String>) throws -> [UInt64] {
        try events.flatMap { event -> [UInt64] in
            guard let data = event.range(of: "data: ")?.upperBound else { return [] }
            let pulled = try Protobuf.decodeJSON(
                Baton_V1_PullResponse.self, from: Array(event[data...].utf8))
            return pulled.batches.flatMap { batch in
                (0..<UInt64(batch.events.count)).map { batch.offset + $0 }
            }
        }
    }
}
