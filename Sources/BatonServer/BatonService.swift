public import BatonCore
public import BatonLog
public import BatonWire
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// The HTTP service over a log: one of these is a Baton server.
///
/// ``run()`` returns when its service group stops gracefully: it takes no new connections, ends
/// live answers, finishes the requests at hand, and closes the log.
public final class BatonService: Service {
    /// Where to listen and how.
    public struct Options: Sendable {
        /// The address to bind: a name or number.
        public var host: String
        /// The port; 0 lets the system choose one.
        public var port: Int
        /// The limits in force.
        public var limits: ServerLimits
        /// Where what compaction took out of the log can be read; `nil` for nowhere.
        package var archive: ArchiveShelf?

        /// Listens on `host` and `port`.
        public init(host: String, port: Int, limits: ServerLimits = ServerLimits()) {
            self.host = host
            self.port = port
            self.limits = limits
        }
    }

    private let options: Options
    private let engine: any LogEngine
    private let routes: Routes
    private let pressure: Pressure
    private let logger: Logger
    private let bound: AsyncStream<Int>
    private let boundContinuation: AsyncStream<Int>.Continuation
    private let isReady = Atomic<Bool>(false)

    /// A service over `engine`, whose callers show tokens signed with `keys`.
    public init(
        engine: any LogEngine, keys: TokenKeys, schemas: TenantSchemas, options: Options,
        logger: Logger, wallClock: @escaping @Sendable () -> Int64
    ) {
        self.options = options
        self.engine = engine
        self.logger = logger
        (bound, boundContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let service = StreamService(
            engine: engine, schemas: schemas, limits: options.limits, archive: options.archive,
            wallClock: wallClock)
        let pressure = Pressure(options.limits)
        self.pressure = pressure
        routes = Routes(
            service: service,
            verifier: TokenVerifier(
                keys: keys, limit: options.limits.cachedTokens, now: wallClock),
            bodies: Bodies(limits: options.limits, budget: pressure.bodies),
            metrics: ServerMetrics(), pressure: pressure, ahead: FoldAhead(service),
            heartbeats: Heartbeats(seconds: options.limits.heartbeatSeconds),
            handoffs: HandoffDesk(service, keys: keys))
    }

    /// The same schemas for all tenants.
    public convenience init(
        engine: any LogEngine, keys: TokenKeys, schemas: SchemaSet, options: Options,
        logger: Logger, wallClock: @escaping @Sendable () -> Int64
    ) {
        self.init(
            engine: engine, keys: keys, schemas: TenantSchemas(schemas), options: options,
            logger: logger, wallClock: wallClock)
    }

    /// The port that is bound; waits until it is, `nil` if the service ended before. Once only.
    public func port() async -> Int? {
        for await port in bound { return port }
        return nil
    }

    public func run() async throws {
        let router = Router(context: ServerContext.self)
        router.middlewares.add(RequestAccounting(metrics: routes.metrics, pressure: pressure))
        routes.add(to: router)
        addOperations(to: router)
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(idleTimeout: .seconds(options.limits.idleSeconds))),
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: "baton",
                backlog: 4096, availableConnectionsDelegate: pressure.connections.acceptor),
            onServerRunning: { [self] channel in
                isReady.store(true, ordering: .releasing)
                boundContinuation.yield(channel.localAddress?.port ?? 0)
            },
            logger: logger)
        let sweeping = Task { [pressure] in await pressure.stalls.run() }
        let folding = Task { [routes] in await routes.ahead.run() }
        let beating = Task { [routes] in await routes.heartbeats.run() }
        defer {
            beating.cancel()
            sweeping.cancel()
            folding.cancel()
        }
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: { [routes] in
                routes.heartbeats.end()
            }
        } catch {
            boundContinuation.finish()
            await engine.close()
            throw error
        }
        boundContinuation.finish()
        await engine.close()
    }

    /// Health, readiness and metrics: no token, nothing about any tenant.
    private func addOperations(to router: Router<ServerContext>) {
        let bodies = routes.bodies
        let metrics = routes.metrics
        let pressure = pressure
        let states = routes.service.states
        let handoffs = routes.handoffs
        let engine = engine
        router.get("/healthz") { request, _ in
            bodies.response(
                Array(#"{"status":"ok"}"#.utf8), type: "application/json", to: request)
        }
        router.get("/readyz") { [self] request, _ in
            guard isReady.load(ordering: .acquiring),
                let probe = try? StreamKey(tenant: TenantID("ready"), stream: StreamID("probe")),
                (try? await engine.head(of: probe)) != nil
            else { throw Problem(.overloaded, "the log cannot be read; try again in a moment") }
            return bodies.response(
                Array(#"{"status":"ready"}"#.utf8), type: "application/json", to: request)
        }
        router.get("/metrics") { request, _ in
            bodies.response(
                Array(
                    (metrics.text + pressure.text + engine.load.text + states.metrics
                        + handoffs.text).utf8),
                type: "text/plain; version=0.0.4; charset=utf-8",
                to: request)
        }
    }
}
