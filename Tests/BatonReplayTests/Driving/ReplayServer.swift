import BatonCore
import BatonLog
import BatonServer
import BatonSync
import BatonWire
import Foundation
import Logging
import ServiceLifecycle

@testable import BatonReplay

/// A real server on a port of the system's choosing.
enum ReplayServer {
    /// Runs `body` against a server with an empty log, then stops it.
    static func with(
        _ body: @Sendable (_ network: any SyncTransport, _ token: String) async throws -> Void
    ) async throws {
        let keys = try await TokenKeys(
            jwks: TokenKeys.newSet(secret: (0..<32).map { UInt8($0) }, id: "test"))
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
        let token = try await keys.sign(
            TokenClaims(
                tenant: TenantID("acme"), role: .service, streams: ["*"],
                expires: now() / 1000 + 3600))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = BatonService(
            engine: MemoryLog(), keys: keys, schemas: BuiltinSchemas.all,
            options: .init(host: "127.0.0.1", port: 0), logger: logger, wallClock: now)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: logger))
        async let running: Void = group.run()
        do {
            let port = await service.port() ?? 0
            try await body(HTTPTransport(server: "http://127.0.0.1:\(port)"), token)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    /// Replays a made-up shop against a new server, over a network that `tamper` makes of the
    /// real one.
    static func replay(
        _ shop: MadeUpShop, _ options: ReplayOptions,
        tamper: @escaping @Sendable (any SyncTransport) -> any SyncTransport = { $0 }
    ) async throws -> ReplayReport {
        let folder = try TemporaryFolder()
        let path = folder.path
        let data = shop.data
        let reports = Reports()
        try await with { network, token in
            let driver = ReplayDriver(
                network: tamper(network), token: token, folder: path, options: options)
            await reports.add(try await driver.run(data))
        }
        _ = consume folder
        guard let report = await reports.all.first else { throw CancellationError() }
        return report
    }

    private actor Reports {
        var all: [ReplayReport] = []
        func add(_ report: ReplayReport) { all.append(report) }
    }
}

extension ReplayOptions {
    static var online: ReplayOptions {
        var options = ReplayOptions()
        options.connection = .online
        return options
    }

    static func offline(_ share: Double, seed: UInt64) -> ReplayOptions {
        var options = ReplayOptions()
        options.connection = .windows(offline: share)
        options.seed = seed
        return options
    }
}
