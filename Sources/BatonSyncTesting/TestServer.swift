public import BatonCore
import BatonLog
import BatonServer
public import BatonSync
public import BatonWire
import Logging
import ServiceLifecycle

/// A real Baton server in the test's own process, with its log in memory and a clock that the test
/// moves. It listens on loopback, on a port of the system's choosing.
public struct TestServer: Sendable {
    /// Where it listens: `http://127.0.0.1:PORT`.
    public let address: String
    /// The time of day at the server, and at the devices of ``device(_:network:)``.
    public let clock: ManualClock
    private let keys: TokenKeys

    /// Runs `body` with a new server, and stops the server when it is done, however it ends.
    ///
    /// Cancellation: `body` sees it as usual; the server is stopped after it.
    ///
    /// - Parameters:
    ///   - clock: The time of day.
    ///   - schemas: The schemas in force, beside those that are built in.
    ///   - body: The test.
    public static func run<Result: Sendable>(
        clock: ManualClock = ManualClock(), schemas: SchemaSet = BuiltinSchemas.all,
        _ body: @Sendable (TestServer) async throws -> Result
    ) async throws -> Result {
        let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let keys = try await TokenKeys(jwks: TokenKeys.newSet(secret: secret, id: "test"))
        var logger = Logger(label: "baton.test")
        logger.logLevel = .critical
        let service = BatonService(
            engine: MemoryLog(), keys: keys, schemas: schemas,
            options: .init(host: "127.0.0.1", port: 0), logger: logger,
            wallClock: { clock.timeOfDay })
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: logger))
        let running = Task { try await group.run() }
        guard let port = await service.port() else {
            try await running.value
            throw CancellationError()
        }
        let server = TestServer(address: "http://127.0.0.1:\(port)", clock: clock, keys: keys)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(server))
        } catch {
            outcome = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try outcome.get()
    }

    /// A token for streams: names, `cust-*` for all that start so, `*` for all. It lives for ten years
    /// of the server's clock.
    public func token(
        for streams: String..., role: Role = .customer, tenant: String = "test"
    ) async throws -> String {
        try await keys.sign(
            TokenClaims(
                tenant: TenantID(tenant), role: role, streams: streams,
                expires: clock.timeOfDay / 1_000 + 10 * 365 * 86_400))
    }

    /// A network to this server that a test can cut: one for each device.
    public func network() throws(SyncFailure) -> TestNetwork {
        TestNetwork(to: try HTTPTransport(server: address))
    }

    /// Opens a client of this server, with its store in memory, that may touch all streams, and whose
    /// clocks are the server's. It does nothing by itself until it is started.
    public func device(
        _ channel: String, network: TestNetwork? = nil
    ) async throws -> SyncClient {
        try await SyncClient.open(
            store: .memory, server: address, channel: channel,
            token: .fixed(try await token(for: "*")), options: options(network))
    }

    /// Options of a client whose clocks are the server's: for one that is opened with a store or a
    /// token of its own.
    public func options(_ network: TestNetwork? = nil) -> SyncOptions {
        let clock = clock
        var options = SyncOptions()
        options.clock = clock
        options.wallClock = { clock.timeOfDay }
        options.transport = network
        // A machine that is busy with other tests is slow, and no test means that.
        options.timeout = .seconds(300)
        return options
    }
}
