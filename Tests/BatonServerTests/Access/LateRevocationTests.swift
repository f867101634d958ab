import BatonCore
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
