import ArgumentParser
import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `baton serve`: runs the service until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service.",
        discussion: """
            Examples:
              baton serve --dev --data ./data
              baton serve --keys keys.json --data /var/lib/baton --listen 0.0.0.0:8377 \\
                --tls-cert chain.pem --tls-key key.pem
              baton serve --dev --schemas ./schemas
              baton serve --config baton.json --check-config

            Each setting may stand in a JSON file (--config), in the environment as BATON_ and its name in
            capitals, or be given as a flag, which goes before both: {"limits": {"bodyBytes": 2097152}},
            BATON_LIMITS_BODY_BYTES=2097152, --limit bodyBytes=2097152. A name in the file, or with BATON_ in
            front, that is no setting's is an error.

            SIGTERM or SIGINT stops it cleanly: it finishes what it has taken in, then exits with 0. SIGHUP
            has it read key file and certificate again, with no connection lost. What baton token revoke revokes is not let in a second later.
            """)

    @Option(
        help: ArgumentHelp(
            "The folder that holds the log; made if it is missing; ./data if not given.",
            valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen; 127.0.0.1:8377 if not given; port 0 lets the system choose.",
            valueName: "host:port"))
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "The JWK set that tokens are signed with (see baton token).", valueName: "file"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "A folder of schema documents (*.json) to put in force beside the built-in ones; those in a folder below it named like a tenant are that tenant's own. See baton schema.",
            valueName: "folder"))
    var schemas: String?

    @Option(
        help: ArgumentHelp(
            "The archive that baton compact fills: questions for the past are answered from it, too.",
            valueName: "folder"))
    var archive: String?

    @Flag(
        inversion: .prefixedNo,
        help:
            "For development: make a key in the data folder, print a ready token, listen on loopback only."
    )
    var dev: Bool?

    @Option(
        help: ArgumentHelp(
            "The certificate chain to show, in PEM: HTTP/1.1 and HTTP/2 under TLS 1.2 or 1.3.",
            valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Listen beyond loopback without TLS: behind a proxy that has it, in a network of your own."
    )
    var plainHTTP: Bool?

    @Option(
        name: .customLong("cors-origin"),
        help: ArgumentHelp(
            "An origin whose web pages may call, such as https://shop.example. May be repeated; none without it.",
            valueName: "origin"))
    var corsOrigins: [String] = []

    @OptionGroup(title: "Tokens")
    var rules: TokenRuleOptions

    @OptionGroup(title: "Limits")
    var pressure: PressureOptions

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical; notice if not given.",
            valueName: "level"))
    var logLevel: LogLevel?

    @Option(
        help: ArgumentHelp(
            "How log lines are written: text, if not given, or json.", valueName: "format"))
    var logFormat: LogFormat?

    @Option(
        help: ArgumentHelp(
            "A JSON file of settings; flags and environment go before it. BATON_CONFIG names one, too.",
            valueName: "file"))
    var config: String?

    @Flag(
        help:
            "Check settings, keys, certificate, schemas and data folder, print each setting and where it was said, and end."
    )
    var checkConfig = false

    func run() async throws {
        let settings = await ServeSettings(self, environment: ProcessInfo.processInfo.environment)
        if checkConfig {
            guard try await ConfigurationCheck(settings).tell() else { throw ExitCode(1) }
            return
        }
        guard settings.refusals.isEmpty else {
            throw ValidationError(settings.refusals.joined(separator: "\n"))
        }
        try await serve(settings)
    }

    private func serve(_ settings: ServeSettings) async throws {
        // From here on: one that comes while the log is opened would end the process, and is to be heard.
        let reloads = await UnixSignalsSequence(trapping: .sighup)
        let logger = Logger.standardError(settings.logFormat, level: settings.logLevel)
        // Before anything is made there; and of the system, since SQLite only says that it cannot open a
        // file.
        try LogFolder.check(settings.data)
        let keyFile: String
        if let keys = settings.keys {
            keyFile = keys
        } else {
            keyFile = try await DevelopmentKey.path(in: settings.data)
        }
        let tokenKeys = try await TokenKeys(jwks: KeyFile.read(keyFile))
        for complaint in settings.secretFiles.compactMap(KeyFile.complaint) {
            logger.warning("\(complaint)")
        }
        OpenFiles.makeRoom(for: settings.limits.connections)
        // A file that may not grow any more is then a failed write, which is answered, and not the
        // end of the process (getrlimit(2), RLIMIT_FSIZE).
        signal(SIGXFSZ, SIG_IGN)
        let engine = try await LogFolder.open(settings.data, settings.limits)
        let start = ["listen": "\(settings.listen)", "keys": keyFile, "version": Version.text]
        Audit.add("serve", in: settings.data, start, orTell: logger)
        do {
            try await run(settings, engine, keyFile, tokenKeys, reloads, logger)
        } catch {
            Audit.add(
                "serve", in: settings.data, start, outcome: "failed: \(error)", orTell: logger)
            throw error
        }
        Audit.add("serve", in: settings.data, start, outcome: "done", orTell: logger)
    }

    /// Serves an open log until it is told to stop.
    private func run(
        _ settings: ServeSettings, _ engine: SQLiteLog, _ keyFile: String, _ tokenKeys: TokenKeys,
        _ reloads: UnixSignalsSequence, _ logger: Logger
    ) async throws {
        let decision = try SchemaFiles.putInForce(in: settings.data, with: settings.schemas)
        for notice in decision.notices { logger.notice("\(notice)") }
        if !decision.changes.isEmpty {
            let changes = ["inForce": decision.changes.joined(separator: ", ")]
            Audit.add("schemas", in: settings.data, changes, outcome: "done", orTell: logger)
        }
        var options = try settings.serviceOptions
        let damaged = try await LogFolder.damagedTails(of: engine)
        for finding in damaged {
            logger.error(
                "the end of a stream is damaged; run baton verify",
                metadata: ["finding": "\(finding)"])
        }
        options.damagedTails = damaged.count
        if let archive = settings.archive, !FileManager.default.fileExists(atPath: archive) {
            logger.notice("there is no archive in \(archive) yet; baton compact makes it")
        }
        let service = BatonService(
            engine: engine, keys: tokenKeys, schemas: decision.inForce, options: options,
            logger: logger,
            wallClock: WallClock.now)
        // Its version first: what comes while it is read is read again.
        let revocations = RevocationFile.version(in: settings.data)
        service.put(try RevocationFile.read(in: settings.data))
        let watch = TrustWatch(
            server: service, keys: keyFile, certificate: options.certificate, data: settings.data,
            revocations: revocations, reloads: reloads, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: watch, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        async let running: Void = group.run()
        if let port = await service.port() {
            try await announce(settings, port: port, keys: tokenKeys, keyFile: keyFile)
        }
        do {
            try await running
        } catch {
            throw CommandFailure("the service stopped at \(settings.listen): \(error)")
        }
    }

    private func announce(
        _ settings: ServeSettings, port: Int, keys: TokenKeys, keyFile: String
    ) async throws {
        let scheme = settings.tlsCert == nil ? "http" : "https"
        let address = "\(scheme)://\(settings.listen.hostInURL):\(port)"
        Output.tell("\(Version.text) at \(address), data in \(settings.data)")
        guard settings.isDevelopment else { return }
        let claims = try DevelopmentKey.claims()
        var token = ""
        try await Audit.act("token.issue", withKeys: keyFile, TokenIssue.detail(of: claims)) { _ in
            token = try await keys.sign(claims)
        }
        Output.tell(
            """
            token for tenant \(DevelopmentKey.tenantName), all streams, 30 days:
            \(token)
            put two shirts into a cart:
            curl -sS --json '{"channel":"store","operations":[\
            {"path":"/lines/shirt-1/title","set":"Blue shirt"},\
            {"path":"/lines/shirt-1/price","set":{"amount":1999,"currency":"EUR"}},\
            {"path":"/lines/shirt-1/quantity","add":2}]}' \
            -H 'Authorization: Bearer \(token)' \(address)/v1/streams/cust-1/entities/cart/main
            """)
    }
}

/// `host:port`; an IPv6 address stands in brackets.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: Int(port))
    }

    /// Whether nobody else reaches it. A name that only begins like an address (127.example) is none.
    var isLoopback: Bool {
        var address = in_addr()
        if inet_pton(AF_INET, host, &address) == 1 {
            return UInt32(bigEndian: address.s_addr) >> 24 == 127
        }
        return host == "localhost" || host == "::1"
    }
    var hostInURL: String { host.contains(":") ? "[\(host)]" : host }
    var description: String { "\(hostInURL):\(port)" }
    var defaultValueDescription: String { description }
}

/// The machine's clock.
enum WallClock {
    /// Milliseconds since 1970.
    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
