import AsyncHTTPClient
import BatonCore
import BatonLog
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import BatonServer

@Suite struct `Live answers` {
    /// Reads server-sent events until `enough` says so.
    private func listen(
        _ server: TestServer, _ path: String, lastEventID: String? = nil,
        until enough: (String) -> Bool, then act: () async throws -> Void = {}
    ) async throws -> String {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(try await server.token())")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        #expect(response.status == .ok)
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        try await act()
        var text = ""
        for try await buffer in response.body {
            text += String(buffer: buffer)
            if enough(text) { break }
        }
        return text
    }

    private func ids(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    @Test func `What others write arrives, and a reader goes on where it stopped`() async throws {
        try await TestServer.with { server in
            let path = "/v1/streams/s/live"
            let first = try await listen(
                server, path, until: { $0.contains("\"one\"") && $0.hasSuffix("\n\n") }
            ) {
                try await server.write("s", "cart/main", #"{"path":"/note","set":"one"}"#)
            }
            let id = try #require(ids(first).last)
            try await server.write("s", "cart/main", #"{"path":"/note","set":"two"}"#)
            let second = try await listen(
                server, path, lastEventID: id, until: { $0.contains("\"two\"") })
            #expect(second.contains("event: pull") && !second.contains("\"one\""))
        }
    }

    @Test func `Several streams share one answer, whose id resumes them all`() async throws {
        try await TestServer.with { server in
            try await server.write("a", "cart/main", #"{"path":"/note","set":"note-a1"}"#)
            try await server.write("b", "cart/main", #"{"path":"/note","set":"note-b1"}"#)
            let path = "/v1/live?stream=a&stream=b"
            let first = try await listen(
                server, path,
                until: { $0.contains("note-a1") && $0.contains("note-b1") && $0.hasSuffix("\n\n") })
            #expect(first.contains(#"{"stream":"a","pulled":{"#))
            let id = try #require(ids(first).last)
            try await server.write("b", "cart/main", #"{"path":"/note","set":"note-b2"}"#)
            let second = try await listen(
                server, path, lastEventID: id, until: { $0.contains("note-b2") })
            #expect(!second.contains("note-a1") && !second.contains("note-b1"))
        }
    }

    @Test func `Silence is broken by heartbeats`() async throws {
        var limits = ServerLimits()
        limits.heartbeatSeconds = 1
        try await TestServer.with(limits: limits) { server in
            let text = try await listen(
                server, "/v1/streams/s/live", until: { $0.contains("\n: ") })
            #expect(text.contains(": still here"))
        }
    }

    @Test func `A hash that fast news came without follows with the next heartbeat`() async throws {
        var limits = ServerLimits()
        limits.heartbeatSeconds = 1
        try await TestServer.with(limits: limits) { server in
            func hashes(_ text: String) -> [String?] {
                text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map {
                    let data = Data($0.dropFirst(6).utf8)
                    let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
                    return json?["stateHash"] as? String
                }
            }
            // The second one takes the turn of this second, in which the server's clock stands.
            var last: String?
            for note in ["one", "two"] {
                try await server.write("s", "cart/main", #"{"path":"/note","set":"\#(note)"}"#)
                let text = try await listen(
                    server, "/v1/streams/s/live", lastEventID: last,
                    until: { $0.contains(note) && $0.hasSuffix("\n\n") })
                #expect(hashes(text).allSatisfy { $0 != nil })
                last = ids(text).last
            }
            // On a slow machine the heartbeat may come as soon as the news does: then once more.
            var text = ""
            for attempt in 0..<20 where hashes(text).count != 2 {
                let note = "more \(attempt)"
                try await server.write("s", "cart/main", #"{"path":"/note","set":"\#(note)"}"#)
                text = try await listen(
                    server, "/v1/streams/s/live", lastEventID: last,
                    until: { hashes($0).contains { $0 != nil } && $0.hasSuffix("\n\n") })
                #expect(text.contains(note))
                last = ids(text).last
            }
            let now = try await server.call("GET", "/v1/streams/s/events").json
            #expect(hashes(text) == [nil, now["stateHash"] as? String])
        }
    }

    @Test func `A place too many is refused, and given back`() async throws {
        var limits = ServerLimits()
        limits.liveSubscribers = 0
        try await TestServer.with(limits: limits) { server in
            let answer = try await server.call("GET", "/v1/streams/s/live")
            #expect(answer.status == 503 && answer.problem == "overloaded")
            #expect(answer.headers["retry-after"] != nil)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `A graceful stop ends a live answer`() async throws {
        let (ended, end) = AsyncStream<Void>.makeStream()
        try await TestServer.with { server in
            var request = HTTPClientRequest(
                url: "http://127.0.0.1:\(server.port)/v1/streams/s/live")
            request.headers.add(name: "Authorization", value: "Bearer \(try await server.token())")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
            let (opened, open) = AsyncStream<Void>.makeStream()
            Task {
                for try await _ in response.body { open.yield() }
                end.yield()
                end.finish()
            }
            for await _ in opened { break }
        }
        // The server has stopped, and did not cut the answer off: it came to its end.
        var ends = 0
        for await _ in ended { ends += 1 }
        #expect(ends == 1)
    }
}
