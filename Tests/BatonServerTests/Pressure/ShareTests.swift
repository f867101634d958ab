import AsyncHTTPClient
import BatonCore
import Foundation
import NIOCore
import Testing

@testable import BatonServer

/// What one caller may hold of what all share.
@Suite struct `One caller's share` {
    private static func small() -> ServerLimits {
        var limits = ServerLimits()
        limits.livePerCaller = 2
        limits.requestsPerCallerAtOnce = 2
        limits.bodyBytesPerCaller = 10_000
        limits.claimsPerAddress = 2
        return limits
    }

    /// The head of a push whose body of so many bytes does not come.
    private static func beginning(_ token: String, bytes: Int) -> String {
        "POST /v1/sync HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Authorization: Bearer \(token)\r\nContent-Length: \(bytes)\r\n\r\n"
    }

    private static func first(_ text: String) -> String { String(text.prefix(12)) }

    @Test func `of live answers`() async throws {
        try await TestServer.with(limits: Self.small()) { server in
            let token = try await server.token(role: .customer, streams: ["s"])
            let ask = "GET /v1/streams/s/live HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
            var open: [RawSocket] = []
            for _ in 0..<2 {
                let socket = try RawSocket(port: server.port)
                socket.send(ask + token + "\r\n\r\n")
                #expect(try await socket.answer().hasPrefix("HTTP/1.1 200"))
                open.append(socket)
            }
            #expect(try await server.metric("baton_live_of_one_caller") == 2)
            let more = try await server.call("GET", "/v1/streams/s/live", token: token)
            #expect(more.status == 429 && more.problem == "limit-exceeded")
            #expect(more.headers["retry-after"] == nil)
            // Another has its own.
            let other = try RawSocket(port: server.port)
            other.send(
                ask + (try await server.token(role: .customer, streams: ["s", "t"])) + "\r\n\r\n")
            #expect(try await other.answer().hasPrefix("HTTP/1.1 200"))
            open.removeAll()
            #expect(
                try await eventually {
                    try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
                    return try await server.metric("baton_live_of_one_caller") == 1
                })
        }
    }

    @Test func `of requests at once`() async throws {
        try await TestServer.with(limits: Self.small()) { server in
            let token = try await server.token(role: .customer, streams: ["s"])
            var open: [RawSocket] = []
            for _ in 0..<2 {
                let socket = try RawSocket(port: server.port)
                socket.send(Self.beginning(token, bytes: 10))
                open.append(socket)
            }
            #expect(
                try await eventually {
                    try await server.metric("baton_requests_of_one_caller") == 2
                })
            let more = try await server.call("GET", "/v1/streams/s/snapshot", token: token)
            #expect(more.status == 429 && more.headers["retry-after"] != nil)
            let other = try await server.token(role: .customer, streams: ["s", "t"])
            #expect(
                try await server.call("GET", "/v1/schemas", token: other).status == 200)
            #expect(try await server.call("GET", "/v1/schemas").status == 200)
            open.removeAll()
            #expect(
                try await eventually {
                    try await server.call("GET", "/v1/schemas", token: token).status == 200
                })
        }
    }

    @Test func `of bytes of bodies`() async throws {
        try await TestServer.with(limits: Self.small()) { server in
            let token = try await server.token(role: .customer, streams: ["s"])
            let slow = try RawSocket(port: server.port)
            slow.send(Self.beginning(token, bytes: 9_990))
            #expect(
                try await eventually {
                    try await server.metric("baton_request_bytes_of_one_caller") == 9_990
                })
            let body = #"{"streams":[]}"#
            let more = try await server.call("POST", "/v1/sync", json: body, token: token)
            #expect(more.status == 429 && more.problem == "limit-exceeded")
            let other = try await server.token(role: .customer, streams: ["s", "t"])
            #expect(
                try await server.call("POST", "/v1/sync", json: body, token: other).status == 200)
        }
    }

    @Test func `of claims, of which anybody may send one`() async throws {
        try await TestServer.with(limits: Self.small()) { server in
            let ask =
                "POST /v1/handoffs/claim HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n"
            var open: [RawSocket] = []
            for _ in 0..<2 {
                let socket = try RawSocket(port: server.port)
                socket.send(ask)
                open.append(socket)
            }
            #expect(
                try await eventually {
                    try await server.metric("baton_claims_of_one_address") == 2
                })
            let more = try await server.call(
                "POST", "/v1/handoffs/claim", json: #"{"code":"0000-0000"}"#, token: .some(nil))
            #expect(more.status == 429 && more.problem == "limit-exceeded")
        }
    }

    @Test func `of claims, which do not wait long`() async throws {
        var limits = ServerLimits()
        limits.claimsPerAddress = 1
        limits.headSeconds = 1
        try await TestServer.with(limits: limits) { server in
            let slow = try RawSocket(port: server.port)
            slow.send(
                "POST /v1/handoffs/claim HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\n\r\n")
            #expect(try await slow.ends(within: 200))
            #expect(
                try await eventually {
                    try await server.call(
                        "POST", "/v1/handoffs/claim", json: #"{"code":"0000-0000"}"#,
                        token: .some(nil)
                    ).status == 404
                })
        }
    }

    @Test func `A body that nobody reads is not taken in for ever`() async throws {
        var limits = ServerLimits()
        limits.bodyBytes = 100_000
        try await TestServer.with(limits: limits) { server in
            let client = try RawSocket(port: server.port)
            client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "2000\r\n" + String(repeating: "a", count: 0x2000) + "\r\n"
            var sent = 0
            while sent < 1_000, client.send(chunk) {
                sent += 1
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(sent > 5 && sent < 1_000)
        }
    }
}
