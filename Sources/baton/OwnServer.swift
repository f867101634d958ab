import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation
import Logging
import ServiceLifecycle

/// A server in this process, on a port of the system's choosing, for the time of a command.
enum OwnServer {
    /// Runs a server over a log in the folder, hands its address and a token for all streams to
    /// `body`, and stops it when that is done.
    static func with<Result: Sendable>(
        log folder: String, _ body: (_ server: String, _ token: String) async throws -> Result
    ) async throws -> Result {
        try await with(engine: try SQLiteLog.open(directory: folder), wallClock: WallClock.now) {
            server, keys in
            try await body(server, try await keys.sign(DevelopmentKey.claims()))
        }
    }

    /// Runs a server over a log, hands its address and the keys that it trusts to `body`, and stops
    /// it when that is done.
    static func with<Result: Sendable>(
        engine: any LogEngine, wallClock: @escaping @Sendable () -> Int64,
        _ body: (_ server: String, _ keys: TokenKeys) async throws -> Result
    ) async throws -> Result {
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let keys = try await TokenKeys(jwks: TokenKeys.newSet(secret: secret, id: "own"))
        let logger = Logger.standardError(level: .error)
        let service = BatonService(
            engine: engine, keys: keys, schemas: BuiltinSchemas.all,
            options: .init(host: "127.0.0.1", port: 0), logger: logger, wallClock: wallClock)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: logger))
        async let running: Void = group.run()
        guard let port = await service.port() else {
            try await running
            throw CommandFailure(
                "the server of this command did not start: is a port free on 127.0.0.1?")
        }
        do {
            let result = try await body("http://127.0.0.1:\(port)", keys)
            await group.triggerGracefulShutdown()
            try await running
            return result
        } catch {
            await group.triggerGracefulShutdown()
            _ = try? await running
            throw error
        }
    }
}
