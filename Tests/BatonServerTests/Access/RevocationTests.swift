import BatonCore
import BatonLog
import Foundation
import Testing

@testable import BatonServer

/// What is taken from a caller who was let in before.
@Suite struct `Whom a server lets in no more` {
    /// Opens a live answer, then has `change` done, and waits for the answer's end.
    private static func endsLive(
        of token: String, at server: TestServer, by change: @Sendable () async throws -> Void
    ) async throws -> String {
        async let text = server.call("GET", "/v1/streams/s/live", token: .some(token)).text
        try await server.waitForSubscribers(1)
        try await change()
        return try await text
    }

    private static func status(_ server: TestServer, _ token: String) async throws -> Int {
        try await server.call("GET", "/v1/streams/s/snapshot", token: .some(token)).status
    }

    @Test func `A revoked token is refused, and its live answer ends at once`() async throws {
        try await TestServer.with { server in
            let forge = try TokenForge(now: server.clock.now)
            func token(_ changes: [String: String?]) -> String {
                forge.token(
                    claims: changes.merging(["aud": nil]) { $1 }, header: #"{"alg":"HS256"}"#)
            }
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            let (till, other) = (token(["jti": #""a""#]), token(["jti": #""b""#]))
            #expect(try await Self.status(server, till) == 200)
            let tenant = try TenantID("acme")
            var list = Revocations()
            let isNew = list.revoke(.init(tenant: tenant, target: .token("a"), since: 0))
            #expect(isNew)
            let revoked = list
            let live = try await Self.endsLive(of: till, at: server) { server.service.put(revoked) }
            #expect(live.contains("event: pull"))
            #expect(try await Self.status(server, till) == 401)
            #expect(try await Self.status(server, other) == 200)
            let (first, second) = (
                list.restore(.token("a"), of: tenant), list.restore(.token("a"), of: tenant)
            )
            #expect(first && !second)
            server.service.put(list)
            #expect(try await Self.status(server, till) == 200)
        }
    }

    /// A live answer of more than sockets hold, which is not read until something has happened.
    private static func lagging(
        _ server: TestServer, token: String, until happened: () async throws -> Void
    ) async throws -> String {
        let device = RawDevice(1, channel: "app", stream: "s")
        let note = String(repeating: "y", count: 4_000)
        let operations = (1...10).map { line in
            #"{"entity":"cart/main","path":"/lines/\#(line)/note","set":"\#(note)"}"#
        }.joined(separator: ",")
        // From the start a long history comes as its state.
        try await server.write("s", "cart/main", #"{"path":"/note","set":"first"}"#)
        let begun = try await server.call("GET", "/v1/streams/s/events")
        let cursor = try #require(begun.json["cursor"] as? String)
        for _ in 0..<20 {
            let batch = (0..<20).map { _ in
                device.event(seen: 0, time: server.clock.now, operations)
            }
            #expect(try await device.push(batch, to: server).status == 200)
        }
        let reader = try RawSocket(port: server.port)
        reader.send(
            "GET /v1/streams/s/live?after=\(cursor) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                + "\(token)\r\n\r\n")
        #expect(
            try await eventually { try await server.metric("baton_answer_bytes") ?? 0 > 0 })
        try await happened()
        var text = ""
        while let more = reader.read() {
            text += more
            if more.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            // The connection stays, for the next request.
            if text.hasSuffix("0\r\n\r\n") { break }
        }
        return text
    }

    @Test(.timeLimit(.minutes(10)))
    func `Who lags behind is not shown what came after its token was revoked`() async throws {
        try await TestServer.with { server in
            let token = try await server.token(
                role: .customer, streams: ["s"], replica: ReplicaID(high: 5, low: 5))
            let text = try await Self.lagging(server, token: token) {
                var list = Revocations()
                _ = list.revoke(
                    .init(
                        tenant: try TenantID("acme"), target: .replica(ReplicaID(high: 5, low: 5)),
                        since: 0))
                server.service.put(list)
                try await server.write("s", "cart/main", #"{"path":"/note","set":"AFTER"}"#)
            }
            #expect(text.contains("event: pull") && !text.contains("AFTER"))
            // Not even what was there before: sixteen megabytes, of which sockets hold a few.
            #expect(text.utf8.count < 12_000_000)
        }
    }

    @Test func `A revoked replica pushes nothing, whatever the token`() async throws {
        try await TestServer.with { server in
            let device = RawDevice(1, channel: "web", stream: "s")
            let event = device.event(
                seen: 0, time: server.clock.now, #"{"entity":"cart/main","path":"/note","set":"1"}"#
            )
            var list = Revocations()
            _ = list.revoke(
                .init(tenant: try TenantID("acme"), target: .replica(device.replica), since: 0))
            server.service.put(list)
            let answer = try await server.call(
                "POST", "/v1/streams/s/events", json: device.batch(from: 1, [event]))
            #expect(answer.status == 403 && answer.problem == "forbidden")
            server.service.put(Revocations())
            #expect(try await device.push([event], to: server).status == 200)
        }
    }

    @Test func `Keys that are taken away end what they signed, live answers too`() async throws {
        let clock = TestClock()
        let forge = try TokenForge(now: clock.now)
        let keys = try await TokenKeys(jwks: Array(forge.set.utf8))
        try await TestServer.with(clock: clock, keys: keys) { server in
            let old = forge.token(claims: ["aud": nil])
            let new = forge.token(
                #"{"alg":"EdDSA","kid":"d"}"#, forge.claims(["aud": nil]), .edDSA)
            try await server.write("s", "cart/main", #"{"path":"/note","set":"1"}"#)
            #expect(try await Self.status(server, old) == 200)
            // The same id with another secret is another key.
            let other = String(decoding: forge.set.utf8, as: UTF8.self).replacing(
                Base64URL.text(forge.secret), with: Base64URL.text([UInt8](repeating: 9, count: 32))
            )
            let rotated = try await TokenKeys(jwks: Array(other.utf8))
            _ = try await Self.endsLive(of: old, at: server) { server.service.put(rotated) }
            #expect(try await Self.status(server, old) == 401)
            #expect(try await Self.status(server, new) == 200)
        }
    }

    @Test func `The list is kept in a file, which several may change`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/revoked-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try RevocationFile.read(in: folder) == Revocations())
        #expect(RevocationFile.version(in: folder) == nil)
        let tenant = try TenantID("acme")
        let targets: [Revocations.Target] = [
            .token("t"), .replica(ReplicaID(high: 1, low: 2)), .subject("till \"7\""),
        ]
        for target in targets {
            let isDone = try RevocationFile.update(in: folder) {
                $0.revoke(.init(tenant: tenant, target: target, since: 5))
            }
            #expect(isDone)
        }
        #expect(Set(try RevocationFile.read(in: folder).entries.map(\.target)) == Set(targets))
        let version = RevocationFile.version(in: folder)
        let isBack = try RevocationFile.update(in: folder) { $0.restore(targets[0], of: tenant) }
        #expect(isBack)
        #expect(RevocationFile.version(in: folder) != version)
        #expect(try RevocationFile.read(in: folder).entries.count == 2)
        for broken in [
            "", "[]", #"{"revoked":[{"tenant":"a","since":1}]}"#,
            #"{"revoked":[{"tenant":"a","token":"x","subject":"y","since":1}]}"#,
            #"{"revoked":[{"tenant":"","token":"x","since":1}]}"#,
        ] {
            try Data(broken.utf8).write(
                to: URL(fileURLWithPath: "\(folder)/\(RevocationFile.name)"))
            #expect(throws: LogFailure.self) { try RevocationFile.read(in: folder) }
        }
    }
}
