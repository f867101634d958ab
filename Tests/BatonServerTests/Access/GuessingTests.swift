import BatonCore
import Foundation
import Testing

@testable import BatonServer

/// What somebody who does not see a value could try, to have it confirmed.
@Suite struct `Who may not see a value cannot guess at it` {
    private static func hiddenEmail() throws -> SchemaSet {
        SchemaSet([
            Schema(
                type: "profile", version: 1,
                fields: [
                    Field("name", .register(.text(longest: 100), .latest)),
                    Field(
                        "email", .register(.text(longest: 100), .latest),
                        readers: [.customer, .service]),
                ])
        ])
    }

    private static func email(_ text: String) -> String {
        #"{"entity":"profile/self","path":"/email","set":"\#(text)"}"#
    }

    /// What a kiosk hears that pushes this under the dot of an event that stands in the log.
    private func told(
        _ server: TestServer, _ operation: String, as role: Role, of device: RawDevice,
        seen: UInt64 = 0
    ) async throws -> String {
        let event = device.event(seen: seen, time: server.clock.now, operation)
        return try await server.call(
            "POST", "/v1/streams/s/events", json: device.batch(from: 1, [event]),
            token: server.token(role: role)
        ).text
    }

    @Test func `by pushing what it thinks was pushed`() async throws {
        try await TestServer.with(schemas: try Self.hiddenEmail()) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let event = phone.event(seen: 0, time: server.clock.now, Self.email("ada@x.org"))
            _ = try await phone.push([event], to: server, token: server.token(role: .customer))
            let right = try await told(server, Self.email("ada@x.org"), as: .kiosk, of: phone)
            let wrong = try await told(server, Self.email("bob@x.org"), as: .kiosk, of: phone)
            #expect(right == wrong && right.contains("not-permitted"))
            // Who sees it is told the truth.
            let own = try await told(server, Self.email("bob@x.org"), as: .customer, of: phone)
            #expect(own.contains("replica-cloned"))
        }
    }

    @Test func `by pushing what it thinks was refused`() async throws {
        try await TestServer.with(schemas: try Self.hiddenEmail()) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            func email(_ text: String) -> String { Self.email(String(repeating: text, count: 200)) }
            let event = phone.event(seen: 0, time: server.clock.now, email("a"))
            let refused = try await phone.push(
                [event], to: server, token: server.token(role: .customer))
            #expect(refused.text.contains("schema-violation"))
            let right = try await told(server, email("a"), as: .kiosk, of: phone)
            let wrong = try await told(server, email("b"), as: .kiosk, of: phone)
            #expect(right.contains("not-permitted") && !right.contains("schema-violation"))
            // But for the reason, which names the place that it asked for itself.
            #expect(right == wrong)
        }
    }

    @Test func `by pushing something else with it that is refused for itself`() async throws {
        try await TestServer.with(schemas: try Self.hiddenEmail()) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let long = String(repeating: "x", count: 200)
            func both(_ email: String) -> String {
                #"{"entity":"profile/self","path":"/name","set":"\#(long)"},"# + Self.email(email)
            }
            let event = phone.event(seen: 0, time: server.clock.now, both("ada@x.org"))
            let refused = try await phone.push(
                [event], to: server, token: server.token(role: .customer))
            #expect(refused.text.contains("schema-violation"))
            let right = try await told(server, both("ada@x.org"), as: .kiosk, of: phone)
            let wrong = try await told(server, both("bob@x.org"), as: .kiosk, of: phone)
            #expect(right == wrong && right.contains("schema-violation"))
        }
    }

    @Test func `by writing under an idempotency key that was used`() async throws {
        try await TestServer.with(schemas: try Self.hiddenEmail()) { server in
            func write(_ text: String, as role: Role) async throws -> Answer {
                try await server.write(
                    "s", "profile/self", #"{"path":"/email","set":"\#(text)"}"#,
                    headers: [("Idempotency-Key", "once")], token: server.token(role: role))
            }
            #expect(try await write("ada@x.org", as: .customer).status == 200)
            let right = try await write("ada@x.org", as: .kiosk)
            let wrong = try await write("bob@x.org", as: .kiosk)
            #expect(right.status == 403 && wrong.status == 403 && right.body == wrong.body)
            #expect(try await write("ada@x.org", as: .customer).text.contains("DUPLICATE"))
        }
    }

    @Test func `by syncing under the name of the replica that wrote it`() async throws {
        try await TestServer.with(schemas: try Self.hiddenEmail()) { server in
            let phone = RawDevice(1, channel: "app", stream: "s")
            let secret = #"{"entity":"profile/self","path":"/email","set":{"S3CRET":1}}"#
            let event = phone.event(seen: 0, time: server.clock.now, secret)
            _ = try await phone.push([event], to: server, token: server.token(role: .customer))
            func synced(_ token: String, as replica: ReplicaID?) async throws -> String {
                let name = replica.map { #","replica":"\#($0)""# } ?? ""
                return try await server.call(
                    "POST", "/v1/sync", json: #"{"streams":[{"stream":"s"\#(name)}]}"#, token: token
                ).text
            }
            let kiosk = try await server.token(role: .kiosk)
            #expect(try await synced(kiosk, as: nil).contains("withheld"))
            let claimed = try await synced(kiosk, as: phone.replica)
            #expect(claimed.contains("schema-violation"))
            #expect(!claimed.contains("S3CRET") && !claimed.contains("email"))
            #expect(!claimed.contains("digest"))
            // A token that is for that replica and no other says who asks.
            let bound = try await server.token(role: .kiosk, replica: phone.replica)
            let own = try await synced(bound, as: phone.replica)
            #expect(own.contains("digest") && own.contains("email"))
        }
    }
}
