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
              baton serve --keys keys.json --data /var/lib/baton --listen 0.0.0.0:8377 \
                --tls-cert chain.pem --tls-key key.pem
              baton serve --dev --schemas ./schemas

            SIGTERM or SIGINT stops it cleanly: it finishes what it has taken in, then exits with 0. SIGHUP
            has it read key file and certificate again, with no connection lost. What baton token revoke revokes is not let in a second later.
            """)

    @Option(help: "The folder that holds the log; made if it is missing.")
    var data = "data"

    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 lets the system choose.", valueName: "host:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 8377)

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
        help:
            "For development: make a key in the data folder, print a ready token, listen on loopback only."
    )
    var dev = false

    @Option(
        help: ArgumentHelp(
            "The certificate chain to show, in PEM: HTTP/1.1 and HTTP/2 under TLS 1.2 or 1.3.",
            valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(
        help:
            "Listen beyond loopback without TLS: behind a proxy that has it, in a network of your own."
    )
    var plainHTTP = false

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
            "trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel = LogLevel(value: .notice)

    func validate() throws {
        guard dev || keys != nil else {
            throw ValidationError(
                "a server without keys would let nobody in: give --keys FILE "
                    + "(baton token --new-key FILE makes one), or --dev on your own machine")
        }
        guard !(dev && keys != nil) else {
            throw ValidationError("--dev makes its own key: give --dev or --keys, not both")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: give both, or neither")
        }
        guard tlsCert != nil || listen.isLoopback || plainHTTP else {
            throw ValidationError(
                "tokens would cross the network in the clear: give --tls-cert and --tls-key, listen on "
                    + "127.0.0.1, or say --plain-http where a proxy in front has TLS")
        }
        for origin in corsOrigins where !Self.isOrigin(origin) {
            throw ValidationError(
                "\(origin) is no origin: https://HOST or https://HOST:PORT, without a path")
        }
        guard !dev || listen.isLoopback else {
            throw ValidationError("--dev listens on loopback only: use --listen 127.0.0.1:PORT")
        }
    }

    func run() async throws {
        let level = logLevel.value
        var logger = Logger(label: "baton") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        let keyFile = try keys ?? DevelopmentKey.path(in: data)
        let tokenKeys = try await TokenKeys(jwks: KeyFile.read(keyFile))
        OpenFiles.makeRoom(for: pressure.limits.connections)
        // A file that may not grow any more is then a failed write, which is answered, and not the
        // end of the process (getrlimit(2), RLIMIT_FSIZE).
        signal(SIGXFSZ, SIG_IGN)
        let engine = try await LogFolder.open(data)
        let decision = try SchemaFiles.putInForce(in: data, with: schemas)
        for notice in decision.notices { logger.notice("\(notice)") }
        var options = BatonService.Options(
            host: listen.host, port: listen.port, limits: pressure.limits)
        options.tokens = rules.rules
        options.data = data
        let damaged = try await LogFolder.damagedTails(of: engine)
        for finding in damaged {
            logger.error(
                "the end of a stream is damaged; run baton verify",
                metadata: ["finding": "\(finding)"])
        }
        options.damagedTails = damaged.count
        options.origins = Set(corsOrigins)
        if let tlsCert, let tlsKey {
            options.certificate = try ServerCertificate(chain: tlsCert, key: tlsKey)
        }
        options.archive = archive.map { ArchiveShelf($0) }
        if let archive, !FileManager.default.fileExists(atPath: archive) {
            logger.notice("there is no archive in \(archive) yet; baton compact makes it")
        }
        let service = BatonService(
            engine: engine, keys: tokenKeys, schemas: decision.inForce, options: options,
            logger: logger,
            wallClock: WallClock.now)
        service.put(try RevocationFile.read(in: data))
        let watch = TrustWatch(
            server: service, keys: keyFile, certificate: options.certificate, data: data,
            logger: logger)
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
        if let port = await service.port() { try await announce(port: port, keys: tokenKeys) }
        do {
            try await running
        } catch {
            throw CommandFailure("the service stopped at \(listen): \(error)")
        }
    }

    /// Whether a browser would send it as `Origin`: a scheme and a host, in lower case, with no path.
    private static func isOrigin(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host,
            ["https", "http"].contains(scheme)
        else { return false }
        let port = url.port.map { ":\($0)" } ?? ""
        return text == "\(scheme)://\(host.lowercased())\(port)"
    }

    private func announce(port: Int, keys: TokenKeys) async throws {
        let scheme = tlsCert == nil ? "http" : "https"
        let address = "\(scheme)://\(listen.hostInURL):\(port)"
        Output.tell("\(Version.text) at \(address), data in \(data)")
        guard dev else { return }
        let token = try await keys.sign(DevelopmentKey.claims())
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

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    var hostInURL: String { host.contains(":") ? "[\(host)]" : host }
    var description: String { "\(hostInURL):\(port)" }
    var defaultValueDescription: String { description }
}

/// A level of the log.
struct LogLevel: ExpressibleByArgument {
    let value: Logger.Level

    init(value: Logger.Level) { self.value = value }

    init?(argument: String) {
        guard let value = Logger.Level(rawValue: argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { value.rawValue }
}

/// The machine's clock.
enum WallClock {
    /// Milliseconds since 1970.
    @Sendable static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
