import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation
import Logging
import ServiceLifecycle
import Testing

/// The real server in this process, on a port of the system's choosing.
enum RealServer {
    /// Runs `body` with the server's address and a token for all streams, then stops the server.
    static func run(
        engine: any LogEngine = MemoryLog(), schemas: SchemaSet = BuiltinSchemas.all,
        own: [TenantID: SchemaSet] = [:], limits: ServerLimits = ServerLimits(),
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
            engine: engine, keys: keys, schemas: TenantSchemas(schemas, own: own),
            options: .init(host: "127.0.0.1", port: 0, limits: limits), logger: logger,
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
