import BatonServer
import Configuration
import Foundation
import Logging

/// What `baton serve` is told by flags, environment and file, put together and checked.
struct ServeSettings {
    let data: String
    let listen: ListenAddress
    /// The key file; `nil` under ``isDevelopment``.
    let keys: String?
    let schemas: String?
    let archive: String?
    let isDevelopment: Bool
    let tlsCert: String?
    let tlsKey: String?
    let plainHTTP: Bool
    let origins: [String]
    let rules: TokenRules
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let limits: ServerLimits
    /// Each setting as it stands, and where it was said.
    let rows: [SettingReader.Row]
    /// Why no server may run like this, and what to do; empty where one may.
    let problems: [String]

    init(_ flags: Serve, environment: [String: String]) async {
        let file = flags.config ?? environment["BATON_CONFIG"]
        var reader = await SettingReader(flags: flags.given, environment: environment, file: file)
        let standard = ServerLimits()
        data = reader.text("data", standard: "data") ?? "data"
        let address = ListenAddress(host: "127.0.0.1", port: 8377)
        listen = reader.value(
            "listen", standard: address, standardText: "\(address)", "HOST:PORT",
            ListenAddress.init(argument:))
        keys = reader.text("keys")
        schemas = reader.text("schemas")
        archive = reader.text("archive")
        isDevelopment = reader.isSet("dev")
        tlsCert = reader.text("tls.cert")
        tlsKey = reader.text("tls.key")
        plainHTTP = reader.isSet("plainHTTP")
        origins = reader.list("cors.origins")
        rules = TokenRules(
            issuers: Set(reader.list("tokens.issuers")), audience: reader.text("tokens.audience"),
            leeway: Int64(
                reader.number(
                    "tokens.clockLeeway", 0...Int(TokenRules.longestLeeway),
                    standard: Int(TokenRules().leeway))))
        logLevel = reader.value(
            "log.level", standard: .notice, standardText: "notice",
            "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))",
            Logger.Level.init(rawValue:))
        logFormat = reader.value(
            "log.format", standard: .text, standardText: "text", "text or json",
            LogFormat.init(rawValue:))
        var limits = standard
        for limit in NamedLimit.all {
            let value = reader.number(
                "limits.\(limit.name)", limit.range, standard: limit.value(in: standard))
            limit.set(value, in: &limits)
        }
        if let contradiction = limits.contradiction { reader.complain(contradiction) }
        self.limits = limits
        reader.complainOfUnknown()
        rows = reader.rows
        problems = reader.problems
    }

    /// Why a server may not run with these settings together, and what to do.
    var refusals: [String] {
        var refusals: [String] = []
        if !isDevelopment, keys == nil {
            refusals.append(
                "a server without keys would let nobody in: give --keys FILE "
                    + "(baton token --new-key FILE makes one), or --dev on your own machine")
        }
        if isDevelopment, keys != nil {
            refusals.append("--dev makes its own key: give --dev or --keys, not both")
        }
        if (tlsCert == nil) != (tlsKey == nil) {
            refusals.append("--tls-cert and --tls-key go together: give both, or neither")
        }
        if tlsCert == nil, !listen.isLoopback, !plainHTTP {
            refusals.append(
                "tokens would cross the network in the clear: give --tls-cert and --tls-key, listen on "
                    + "127.0.0.1, or say --plain-http where a proxy in front has TLS")
        }
        for origin in origins where !Self.isOrigin(origin) {
            refusals.append(
                "\(origin) is no origin: https://HOST or https://HOST:PORT, without a path")
        }
        if isDevelopment, !listen.isLoopback {
            refusals.append("--dev listens on loopback only: use --listen 127.0.0.1:PORT")
        }
        return problems + refusals
    }

    /// The files that nobody but the server may read.
    var secretFiles: [String] { [keys, tlsKey].compactMap(\.self) }

    /// What the service is made with. Reads the certificate, where there is one.
    var serviceOptions: BatonService.Options {
        get throws {
            var options = BatonService.Options(
                host: listen.host, port: listen.port, limits: limits)
            options.tokens = rules
            options.data = data
            options.audit = AuditFile(in: data)
            options.origins = Set(origins)
            if let tlsCert, let tlsKey {
                options.certificate = try ServerCertificate(chain: tlsCert, key: tlsKey)
            }
            options.archive = archive.map { ArchiveShelf($0) }
            return options
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
}

extension Serve {
    /// What the command line said, by the setting's key, with the flag that said it.
    var given: [String: (value: ConfigContent, flag: String)] {
        var given: [String: (value: ConfigContent, flag: String)] = [:]
        func put(_ key: String, _ flag: String, _ value: ConfigContent?) {
            if let value { given[key] = (value, flag) }
        }
        put("data", "--data", data.map { .string($0) })
        put("listen", "--listen", listen.map { .string("\($0)") })
        put("keys", "--keys", keys.map { .string($0) })
        put("schemas", "--schemas", schemas.map { .string($0) })
        put("archive", "--archive", archive.map { .string($0) })
        put("dev", dev == false ? "--no-dev" : "--dev", dev.map { .bool($0) })
        put("tls.cert", "--tls-cert", tlsCert.map { .string($0) })
        put("tls.key", "--tls-key", tlsKey.map { .string($0) })
        put(
            "plainHTTP", plainHTTP == false ? "--no-plain-http" : "--plain-http",
            plainHTTP.map { .bool($0) })
        put("cors.origins", "--cors-origin", corsOrigins.isEmpty ? nil : .stringArray(corsOrigins))
        put(
            "tokens.issuers", "--issuer",
            rules.issuers.isEmpty ? nil : .stringArray(rules.issuers))
        put("tokens.audience", "--audience", rules.audience.map { .string($0) })
        put(
            "tokens.clockLeeway", "--clock-leeway",
            rules.clockLeeway.map { .int(Int(clamping: $0)) })
        put("log.level", "--log-level", logLevel.map { .string($0.value.rawValue) })
        put("log.format", "--log-format", logFormat.map { .string($0.rawValue) })
        for (name, flag, value) in pressure.given {
            put("limits.\(name)", flag, .int(value))
        }
        return given
    }
}
