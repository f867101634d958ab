import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import BatonSync

/// The SDK against the real server, over a socket.
@Suite struct `Over HTTP` {
    @Test func `Two clients share a cart, live`() async throws {
        try await withServer { address, token in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: .fixed(token))
            let kiosk = try await SyncClient.open(
                store: .memory, server: address, channel: "store", token: .fixed(token))
            let cart = try phone.stream("cust-1").cart()
            let shown = try kiosk.stream("cust-1").cart()
            kiosk.start()
            try await cart.add("A", quantity: 2, title: "Beans", price: Money(1299, "EUR"))
            #expect(try await phone.sync().accepted == 1)
            #expect(try await eventually { shown.lines.map(\.quantity) == [2] })
            try await shown.add("A", quantity: 1)
            #expect(
                try await eventually {
                    try await phone.sync()
                    return cart.lines.map(\.quantity) == [3]
                })
            try await kiosk.sync()
            #expect(
                try StateHash(of: phone.stream("cust-1").confirmedState)
                    == StateHash(of: kiosk.stream("cust-1").confirmedState))
            #expect(try await phone.sync().roundTrips == 1)
            try await kiosk.close()
            try await phone.close()
        }
    }

    @Test func `A bad token, and a server that is not there`() async throws {
        try await withServer { address, _ in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: "nonsense")
            try await phone.stream("cust-1").cart().add("A")
            let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
            #expect(failure?.code == .unauthenticated)
            try await phone.close()
        }
        let alone = try await SyncClient.open(
            store: .memory, server: "http://127.0.0.1:1", channel: "app")
        try await alone.stream("cust-1").cart().add("A")
        let failure = await #expect(throws: SyncFailure.self) { try await alone.sync() }
        #expect(failure?.code == .offline)
        #expect(alone.currentStatus.pending == 1)
        try await alone.close()
        await #expect(throws: SyncFailure.self) {
            try await SyncClient.open(store: .memory, server: "shop", channel: "app")
        }
    }

    private func withServer(
        _ body: @Sendable @escaping (String, String) async throws -> Void
    ) async throws {
        let keys = try await TokenKeys(
            jwks: TokenKeys.newSet(secret: (0..<32).map { UInt8($0) }, id: "test"))
        let now = Int64(Date().timeIntervalSince1970)
        let token = try await keys.sign(
            TokenClaims(
                tenant: TenantID("acme"), role: .customer, streams: ["*"], replica: nil,
                expires: now + 3_600))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = BatonService(
            engine: MemoryLog(), keys: keys, schemas: BuiltinSchemas.all,
            options: .init(host: "127.0.0.1", port: 0), logger: logger,
            wallClock: { Int64(Date().timeIntervalSince1970 * 1000) })
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await service.port())
            do {
                try await body("http://127.0.0.1:\(port)", token)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
