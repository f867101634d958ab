import Foundation
import NIOCore
import Testing

@testable import BatonServer

/// Connections of HTTP/2 that hold a place and do not use it.
@Suite struct `Connections of HTTP2` {
    /// A server under TLS that soon loses its patience.
    private static func withServer(
        _ limits: [String], _ body: (ServerProcess) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try TestCertificate().write(chain: folder + "/chain.pem", key: folder + "/key.pem")
            let server = try ServerProcess(
                data: folder + "/data",
                arguments: ["--tls-cert", folder + "/chain.pem", "--tls-key", folder + "/key.pem"]
                    + limits.flatMap { ["--limit", $0] })
            try await body(server)
            #expect(server.stop() == 0)
        }
    }

    private static func curl(_ server: ServerProcess, _ path: String, _ more: String...) throws
        -> String
    {
        try Program.output(
            "/usr/bin/curl",
            ["-sSk", "--http2", "--max-time", "20"] + more + [server.address + path]
        ).text
    }

    private static func metric(_ name: String, of server: ServerProcess) throws -> Int? {
        try curl(server, "/metrics").split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
            .flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// What a connection says at first, and then again and again; and whether that is slow, not idle.
    struct Silence: CustomTestStringConvertible {
        let testDescription: String
        let first: [UInt8]
        var then: [UInt8] = []
        var isSlow = false
    }

    private static let silences = [
        Silence(testDescription: "nothing at all", first: []),
        Silence(testDescription: "no request", first: HTTP2Bytes.hello),
        Silence(
            testDescription: "no request, but a window now and then", first: HTTP2Bytes.hello,
            then: HTTP2Bytes.frame(.window, [0, 0, 0, 1])),
        Silence(
            testDescription: "one request and no answer to what it is asked after",
            first: HTTP2Bytes.hello + HTTP2Bytes.request("GET", "/healthz")),
        Silence(
            testDescription: "a body that does not end, of a request that was refused",
            first: HTTP2Bytes.hello + HTTP2Bytes.request("POST", "/v1/sync", hasBody: true),
            then: HTTP2Bytes.frame(.data, stream: 1, [0])),
        Silence(
            testDescription: "half a preface", first: Array(HTTP2Bytes.preface.prefix(10)),
            isSlow: true),
        Silence(
            testDescription: "half the head of a frame", first: HTTP2Bytes.hello + [0, 0],
            isSlow: true),
        Silence(
            testDescription: "half a head",
            first: HTTP2Bytes.hello + HTTP2Bytes.request("GET", "/healthz").dropLast(4),
            isSlow: true),
        Silence(
            testDescription: "a head that comes a byte at a time",
            first: HTTP2Bytes.hello + [0, 1, 0, 1, 5, 0, 0, 0, 1], then: [0x82], isSlow: true),
        Silence(
            testDescription: "a head whose continuation does not come",
            first: HTTP2Bytes.hello
                + HTTP2Bytes.frame(
                    .headers, flags: 1, stream: 1, HTTP2Bytes.head("GET", "/healthz")),
            isSlow: true),
        Silence(
            testDescription: "a second head that does not come",
            first: HTTP2Bytes.hello + HTTP2Bytes.request("GET", "/healthz")
                + HTTP2Bytes.request("GET", "/healthz", stream: 3).dropLast(4), isSlow: true),
    ]

    @Test(arguments: silences) func `Who holds one and does not use it is cut off`(
        silence: Silence
    ) async throws {
        try await Self.withServer([
            "headSeconds=1", "bodySeconds=1", "heartbeatSeconds=1",
            // Longer than the test waits where a begun head is what ends it.
            "idleSeconds=\(silence.isSlow ? 3_600 : 2)",
        ]) { server in
            let client = try await RawSecureSocket(port: server.port)
            client.send(silence.first)
            #expect(try await client.ends(within: 400, saying: silence.then))
            let closed = try Self.metric("baton_slow_heads_total", of: server)
            #expect(closed == (silence.isSlow ? 1 : 0))
        }
    }

    @Test func `A connection with a live answer, or with requests now and then, is left alone`()
        async throws
    {
        try await Self.withServer(["headSeconds=2", "heartbeatSeconds=1", "idleSeconds=6"]) {
            server in
            // Twelve seconds, with pauses that are shorter than the time between requests.
            let streams = (0..<12).map { UInt8($0 * 2 + 1) }
            let client = try await RawSecureSocket(
                port: server.port,
                saying: [HTTP2Bytes.hello]
                    + streams.map { HTTP2Bytes.request("GET", "/healthz", stream: $0) })
            for stream in streams {
                #expect(try await eventually { client.hasHeard(.headers, on: stream) })
            }
            let live = Process()
            live.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
            live.arguments = [
                "-sk", "--http2", "--max-time", "12", "-H", "Authorization: Bearer \(server.token)",
                server.address + "/v1/streams/s/live",
            ]
            live.standardOutput = FileHandle.nullDevice
            try live.run()
            live.waitUntilExit()
            // It was curl that ended it, when its time was over.
            #expect(live.terminationStatus == 28)
        }
    }

    @Test func `Who asks before it sends a body is told to go on there, too`() async throws {
        try await Self.withServer([]) { server in
            let answer = try Self.curl(
                server, "/v1/streams/s/entities/cart/main", "-H", "Expect: 100-continue",
                "--expect100-timeout", "60", "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(server.token)", "-d",
                #"{"operations":[{"path":"/note","set":"x"}]}"#, "-w", " %{http_version}")
            #expect(answer.contains("ACCEPTED") && answer.hasSuffix(" 2"))
        }
    }

    @Test func `They count among the connections`() async throws {
        try await Self.withServer(["connections=2"]) { server in
            var clients: [RawSecureSocket] = []
            for _ in 0..<2 {
                let client = try await RawSecureSocket(port: server.port)
                client.send(HTTP2Bytes.hello)
                for stream: UInt8 in [1, 3] {
                    client.send(HTTP2Bytes.request("GET", "/v1/schemas", stream: stream))
                    #expect(try await eventually { client.hasHeard(.headers, on: stream) })
                }
                clients.append(client)
            }
            #expect(try Self.metric("baton_connections", of: server) == 2)
            let refused = try Self.curl(server, "/v1/schemas", "-w", " %{http_version}")
            #expect(refused.contains("urn:baton:problem:overloaded") && refused.hasSuffix(" 2"))
            let more = try await RawSecureSocket(port: server.port)
            more.send(HTTP2Bytes.hello + HTTP2Bytes.request("GET", "/v1/schemas"))
            #expect(try await more.ends(within: 200))
            clients.removeAll()
            #expect(try await eventually { try Self.metric("baton_connections", of: server) == 0 })
        }
    }

    @Test func `Their headers have the limits that those of others have`() async throws {
        try await Self.withServer(["headers=10", "headerBytes=1024", "headersBytes=2048"]) {
            server in
            func status(_ headers: [String]) throws -> String {
                try Program.output(
                    "/usr/bin/curl",
                    [
                        "-sSk", "--http2", "-o", "/dev/null", "-w",
                        "%{http_version} %{response_code}",
                    ]
                        + headers.flatMap { ["-H", $0] } + [server.address + "/v1/schemas"]
                ).text
            }
            func line(_ length: Int) -> String {
                "x-\(length): " + String(repeating: "a", count: length - "x-\(length)".utf8.count)
            }
            let few = (0..<9).map { "x-\($0): a" }
            // Besides what curl sends of itself: two lines, of some 30 bytes.
            let asked: [(headers: [String], status: String)] = [
                (Array(few.dropLast()), "2 401"), (few, "2 400"), ([line(1_024)], "2 401"),
                ([line(1_025)], "2 400"), ([line(900), line(901)], "2 401"),
                ([line(1_020), line(1_021)], "2 400"),
            ]
            for (headers, expected) in asked {
                let answered = try status(headers)
                #expect(answered == expected, "\(headers.map(\.count))")
            }
        }
    }

    @Test func `A server stops although a client does not answer`() async throws {
        try await Self.withServer(["headSeconds=1"]) { server in
            let client = try await RawSecureSocket(port: server.port)
            client.send(HTTP2Bytes.hello + HTTP2Bytes.request("GET", "/healthz"))
            #expect(try await eventually { client.hasHeard(.headers, on: 1) })
            server.terminate()
            #expect(try await client.ends(within: 400))
        }
    }
}

/// Where frames end, wherever the bytes are cut.
@Suite struct `Frames of HTTP2` {
    private static let bytes =
        HTTP2Bytes.hello + HTTP2Bytes.frame(.headers, flags: 1, stream: 1, [1, 2, 3])
        + HTTP2Bytes.frame(.continuation, stream: 1, [4])
        + HTTP2Bytes.frame(.continuation, flags: 4, stream: 1)
        + HTTP2Bytes.frame(.data, stream: 1, [5, 6])

    @Test func `At rest is who has begun nothing but a body`() {
        var frames = HTTP2Frames()
        #expect(frames.isAtRest)
        var rests: [Int] = []
        var ends: [Int] = []
        for (index, byte) in Self.bytes.enumerated() {
            if frames.take(ByteBuffer(bytes: [byte]).readableBytesView) { ends.append(index + 1) }
            if frames.isAtRest { rests.append(index + 1) }
        }
        // The preface is 24 bytes, a frame without a payload 9.
        let (settings, head, body) = (24 + 9, 24 + 9 + 12 + 10 + 9, 24 + 9 + 12 + 10 + 9 + 11)
        #expect(rests == [24, settings, head, body - 2, body - 1, body])
        #expect(ends == [settings, head, body])
    }

    @Test func `It does not matter how the bytes are cut`() {
        for cut in 0...Self.bytes.count {
            var whole = HTTP2Frames()
            var cutUp = HTTP2Frames()
            let (first, second) = (Self.bytes.prefix(cut), Self.bytes.dropFirst(cut))
            _ = cutUp.take(ByteBuffer(bytes: first).readableBytesView)
            _ = cutUp.take(ByteBuffer(bytes: second).readableBytesView)
            let ended = whole.take(ByteBuffer(bytes: Self.bytes).readableBytesView)
            #expect(ended && whole.isAtRest && cutUp.isAtRest)
        }
    }
}
