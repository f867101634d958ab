import BatonCore
import NIOCore
import NIOPosix
import Testing

@testable import BatonServer

/// What the methods of HTTP promise, whatever the call (RFC 9110, section 9).
@Suite struct `Methods` {
    @Test func `A method that a path does not take is told which it takes`() async throws {
        try await TestServer.with { server in
            for path in CallTable.paths {
                let path = path.replacing("*", with: "a")
                let takes = CallTable.methods(of: path)
                let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
                for method in methods where !takes.contains(method) {
                    let answer = try await server.call(method, path)
                    #expect(answer.status == 405, "\(method) \(path)")
                    #expect(answer.headers["allow"] == takes.joined(separator: ", "))
                }
            }
        }
    }

    @Test func `What can be got can be asked about, and no body comes with the answer`()
        async throws
    {
        try await TestServer.with { server in
            try await server.write("s", "cart/main", #"{"path":"/note","set":"x"}"#)
            let calls = PublishedCall.all.filter { $0.method == "GET" }
            #expect(calls.count > 10)
            for call in calls {
                let path = call.path.replacing("{stream}", with: "s")
                    .replacing("{type}/{id}", with: "cart/main").replacing("{id}", with: "none")
                let head = try await server.call("HEAD", path)
                let got = try await server.beginning("GET", path, token: try await server.token())
                #expect(head.status == got.status, "\(call)")
                #expect(head.headers["content-type"] == got.headers["content-type"], "\(call)")
                #expect(head.body.isEmpty)
            }
        }
    }

    @Test func `The connection goes on after a question about what does not exist`() async throws {
        try await TestServer.with { server in
            // A body after the first answer would be read as the second.
            let question = "HEAD /nothing HTTP/1.1\r\nHost: h\r\n\r\n"
            let last = "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
            let text = try await server.exchange(question + last)
            let answers = text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
            #expect(answers.first?.hasPrefix("HTTP/1.1 404 ") == true)
            #expect(answers.dropFirst().first?.hasPrefix("HTTP/1.1 200 ") == true, "\(text)")
        }
    }

    @Test func `A key with a percent sign is explained, and not all of its entity`() async throws {
        try await TestServer.with { server in
            try await server.write(
                "s", "cart/main",
                #"{"path":"/lines/50%/quantity","add":1},{"path":"/note","set":"x"}"#)
            let answer = try await server.call(
                "GET", "/v1/streams/s/entities/cart/main?explain=true&path=/lines/50%25/quantity")
            let fields = try #require(answer.json["fields"] as? [[String: Any]])
            #expect(fields.map { $0["path"] as? String } == ["/lines/50%/quantity"])
        }
    }
}

extension TestServer {
    /// Sends bytes as they are, and reads all that comes until the server closes.
    fileprivate func exchange(_ text: String) async throws -> String {
        let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }
}
