import BatonCore
import Foundation
import Testing

@testable import BatonServer

/// What a caller had begun when its token was revoked.
@Suite struct `A token that is revoked in the middle` {
    @Test func `of a request does nothing more, however slowly its body comes`() async throws {
        let book = LogBook()
        try await TestServer.with(log: book) { server in
            let replica = ReplicaID(high: 7, low: 7)
            let token = try await server.token(role: .customer, streams: ["s"], replica: replica)
            let body = #"{"operations":[{"path":"/note","set":"late"}]}"#
            let socket = try RawSocket(port: server.port)
            socket.send(
                "POST /v1/streams/s/entities/cart/main HTTP/1.1\r\nHost: a\r\n"
                    + "Content-Type: application/json\r\nAuthorization: Bearer \(token)\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n")
            #expect(
                try await eventually {
                    try await server.metric("baton_requests_of_one_caller") == 1
                })
            var list = Revocations()
            let isNew = list.revoke(
                .init(tenant: try TenantID("acme"), target: .replica(replica), since: 0))
            #expect(isNew)
            server.service.put(list)
            socket.send(body)
            #expect(try await socket.answer().hasPrefix("HTTP/1.1 401"))
            #expect(try await server.call("GET", "/v1/streams/s/snapshot").status == 404)
            let told = book.take().contains {
                $0.contains("a token was refused") && $0.contains("reason=revoked")
            }
            #expect(told)
        }
    }
}

/// What is sent to a server while it starts.
@Suite struct `A server that is starting` {
    @Test func `hears that it is to read its keys again`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys.json"
            _ = try Program.output(Program.path("baton"), ["token", "--new-key", keys])
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try Program.path("baton"))
            process.arguments = [
                "serve", "--keys", keys, "--data", folder + "/data", "--listen", "127.0.0.1:0",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // As soon as it makes its log, long before it listens.
            let made = folder + "/data/baton.db"
            while !FileManager.default.fileExists(atPath: made), process.isRunning { usleep(200) }
            kill(process.processIdentifier, SIGHUP)
            let record = AuditFile(in: folder + "/data")
            #expect(
                try await eventually {
                    try record.read().lines.contains { $0.act == "reload.keys" }
                })
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }
}
