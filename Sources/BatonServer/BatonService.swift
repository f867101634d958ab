public import BatonCore
public import BatonLog
public import BatonWire
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
public import Logging
import NIOCore
public import ServiceLifecycle

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
        /// What is asked of tokens.
        public var tokens = TokenRules()
        /// The certificate to show: HTTP/1.1 and HTTP/2 under TLS. Without one, plain HTTP/1.1.
        public var certificate: ServerCertificate?
        /// Origins of web pages that may call, such as `https://shop.example`.
        public var origins: Set<String> = []
        /// Where what compaction took out of the log can be read; `nil` for nowhere.
        package var archive: ArchiveShelf?
        /// The folder that the log lies in, whose disk is watched; `nil` for a log in memory.
        public var data: String?
        /// Where administrative acts that came by a call are recorded; `nil` for nowhere.
        public var audit: AuditFile?
        /// Streams whose ends were found damaged when the log was opened, to tell of.
        public var damagedTails = 0

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
    private let operations: Operations

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
        let metrics = ServerMetrics(options.limits)
        let pressure = Pressure(options.limits, tenants: metrics.tenants, now: wallClock)
        self.pressure = pressure
        let verifier = TokenVerifier(
            keys: keys, rules: options.tokens, revoked: service.revoked,
            limit: options.limits.cachedTokens, now: wallClock)
        routes = Routes(
            service: service, verifier: verifier,
            bodies: Bodies(limits: options.limits, pressure: pressure, verifier: verifier),
            metrics: metrics, pressure: pressure, ahead: FoldAhead(service),
            heartbeats: Heartbeats(seconds: options.limits.heartbeatSeconds),
            handoffs: HandoffDesk(service, verifier: verifier), audit: options.audit,
            failures: PacedLog(now: wallClock))
        operations = Operations(engine: engine, options: options, routes: routes)
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

    /// Puts other keys in force. Tokens of keys that are not among them are worth nothing from now on, and
    /// live answers that were opened with one end.
    public func put(_ keys: TokenKeys) {
        routes.verifier.put(keys)
        routes.heartbeats.wakeAll()
    }

    /// Lets nobody in any more whom the list covers, and ends their live answers.
    public func put(_ revocations: Revocations) {
        routes.service.revoked.put(revocations)
        routes.heartbeats.wakeAll()
    }

    /// Notes whether a file could be used when it was read again, to tell of.
    public func note(_ file: WatchedFile, isUsable: Bool) {
        operations.note(file, isUsable: isUsable)
    }

    /// The port that is bound; waits until it is, `nil` if the service ended before. Once only.
    public func port() async -> Int? {
        for await port in bound { return port }
        return nil
    }

    /// All that is served.
    func router() -> Router<ServerContext> {
        let router = Router(
            context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        router.middlewares.add(
            BrowserRules(origins: options.origins, isSecure: options.certificate != nil))
        router.middlewares.add(
            RequestAccounting(
                metrics: routes.metrics, pressure: pressure,
                refusals: PacedLog(now: routes.service.wallClock),
                failures: routes.failures))
        routes.add(to: router)
        operations.add(to: router)
        return router
    }

    public func run() async throws {
        let application = Application(
            router: router(),
            server: protocols(),
            configuration: .init(
                address: .hostname(options.host, port: options.port), serverName: "baton",
                backlog: 4096, availableConnectionsDelegate: pressure.connections.acceptor),
            onServerRunning: { [self] channel in
                operations.enter(.serving)
                boundContinuation.yield(channel.localAddress?.port ?? 0)
            },
            logger: logger)
        let sweeping = Task { [pressure] in
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await pressure.slowBodies.run() }
                tasks.addTask { await pressure.slowClaims.run() }
            }
        }
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
            } onGracefulShutdown: { [routes, operations] in
                operations.enter(.stopping)
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

    /// How connections are spoken on.
    private func protocols() -> HTTPServerBuilder {
        let idle = options.limits.idleSeconds
        let (rule, unsent, connections) = (pressure.rule, pressure.unsent, pressure.connections)
        let problem = HeaderLimits(options.limits).problem
        var headers = Bodies.response(problem).headers
        BrowserRules.note(in: &headers, isSecure: options.certificate != nil)
        headers[.contentLength] = "\(problem.json.count)"
        let unreadable = (body: problem.json, headers: headers)
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                UnwritableWatch(rule), RequestWatch(rule, unreadable: unreadable),
            ],
            idleTimeout: .seconds(idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: options.limits.headerBytes,
                maxHeaderListSize: options.limits.headersBytes,
                maxHeaderFieldCount: options.limits.headers))
        guard let certificate = options.certificate else {
            return HTTPServerBuilder { responder in
                WatchedProtocol(
                    spoken: HTTP1Channel(responder: responder, configuration: http1),
                    isSecure: false, rule: rule, unsent: unsent, connections: connections)
            }
        }
        let tls = certificate.configuration
        return HTTPServerBuilder { responder in
            WatchedProtocol(
                spoken: try HTTP2UpgradeChannel(
                    tlsConfiguration: tls,
                    configuration: .init(idleTimeout: .seconds(idle), streamConfiguration: http1),
                    responder: responder), isSecure: true, rule: rule, unsent: unsent,
                connections: connections)
        }
    }
}
