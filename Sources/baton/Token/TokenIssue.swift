import ArgumentParser
import BatonCore
import BatonServer
import Foundation

/// `baton token issue`: issues a token, or makes a key file.
struct TokenIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue a token, or make the key file that tokens are signed with.",
        discussion: """
            The word "issue" may be left out.

            Examples:
              baton token --new-key keys.json --algorithm ES256
              baton token --keys keys.json --tenant acme --role kiosk --stream 'cust-*' --ttl 12h
              baton token --keys keys.json --tenant acme --stream cust-1 --entity cart/main
            """)

    @Option(
        help: ArgumentHelp(
            "Make a key file here, readable by its owner only.", valueName: "file"))
    var newKey: String?

    @Option(help: "How the new key signs: HS256, ES256 or EdDSA.")
    var algorithm = KeyAlgorithm(value: .hs256)

    @Option(
        help: ArgumentHelp("The JWK set to sign with; its first key is used.", valueName: "file"))
    var keys: String?

    @Option(help: ArgumentHelp("Whose data.", valueName: "name"))
    var tenant: String?

    @Option(help: "customer, kiosk, associate, service or operator.")
    var role = "customer"

    @Option(
        name: .customLong("stream"),
        help: ArgumentHelp(
            "A stream that it covers; 'cust-*' for all that start so, '*' for all. May be repeated.",
            valueName: "name"))
    var streams: [String] = []

    @Option(
        name: .customLong("entity"),
        help: ArgumentHelp(
            "An entity that it covers in these streams; 'order/*' for all that start so; absent: all. May be repeated.",
            valueName: "type/id"))
    var entities: [String] = []

    @Option(help: ArgumentHelp("The only replica that may push with it.", valueName: "id"))
    var replica: String?

    @Option(help: ArgumentHelp("Where its holder stands: app, web, store …", valueName: "name"))
    var channel: String?

    @Option(
        help: ArgumentHelp(
            "Whom it is for: a person, a till, a device. All that was issued for one can be revoked.",
            valueName: "name"))
    var subject: String?

    @Option(help: ArgumentHelp("Who issues it (iss).", valueName: "name"))
    var issuer: String?

    @Option(help: ArgumentHelp("The server that it is for (aud).", valueName: "name"))
    var audience: String?

    @Option(help: ArgumentHelp("How long it is worth something: 15m, 12h, 30d.", valueName: "time"))
    var ttl = TimeSpan(seconds: 3600, text: "1h")

    @Flag(help: "Print the token with its claims as JSON.")
    var json = false

    func validate() throws {
        if newKey != nil {
            guard keys == nil, tenant == nil else {
                throw ValidationError(
                    "--new-key stands alone: make the key first, then issue tokens")
            }
            return
        }
        guard keys != nil, tenant != nil, !streams.isEmpty else {
            throw ValidationError(
                "a token needs --keys FILE, --tenant NAME and at least one --stream NAME")
        }
    }

    func run() async throws {
        if let newKey {
            try await Audit.act(
                "token.new-key", withKeys: newKey, ["algorithm": algorithm.value.rawValue]
            ) { _ in try KeyFile.make(at: newKey, algorithm.value) }
            Output.tell(newKey)
            return
        }
        let claims = try claims()
        let path = keys ?? ""
        let signer = try await TokenKeys(jwks: KeyFile.read(path))
        var token = ""
        try await Audit.act("token.issue", withKeys: path, Self.detail(of: claims)) { _ in
            token = try await signer.sign(claims)
        }
        if json {
            try Output.tell(json: Issued(token: token, claims: claims))
        } else {
            Output.tell(token)
        }
    }

    /// What the record tells of a token: enough to find it, and to revoke it.
    static func detail(of claims: TokenClaims) -> [String: String?] {
        [
            "id": claims.id, "tenant": claims.tenant, "role": claims.role,
            "streams": claims.streams.joined(separator: " "),
            "entities": claims.entities?.joined(separator: " "), "subject": claims.subject,
            "replica": claims.replica, "audience": claims.audience?.joined(separator: " "),
            "expires": InstantFormat.text(milliseconds: claims.expires * 1000),
        ]
    }

    private struct Issued: Encodable {
        let token: String
        let claims: TokenClaims
    }

    private func claims() throws -> TokenClaims {
        guard let role = Role(rawValue: role) else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(role) is no role; use one of \(known)")
        }
        if let wrong = entities.first(where: { !EntityScope.isValid($0) }) {
            throw ValidationError("\(wrong) is no entity: use type/id, type/prefix*, or *")
        }
        var id: ReplicaID?
        if let replica {
            id = ReplicaID(replica)
            guard id != nil else {
                throw ValidationError(
                    "\(replica) is no replica id: 32 lowercase hexadecimal digits")
            }
        }
        let now = WallClock.now() / 1000
        return try TokenClaims(
            tenant: TenantID(tenant ?? ""), role: role, streams: streams,
            entities: entities.isEmpty ? nil : entities, subject: subject, replica: id,
            channel: channel.map { try ChannelName($0) }, issuer: issuer,
            audience: audience.map { [$0] }, id: UUID().uuidString.lowercased(),
            issued: now, expires: now + ttl.seconds)
    }
}

/// A length of time: `90s`, `15m`, `12h`, `30d`.
struct TimeSpan: ExpressibleByArgument {
    let seconds: Int64
    let defaultValueDescription: String

    init(seconds: Int64, text: String) {
        self.seconds = seconds
        defaultValueDescription = text
    }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = argument.last, let unit = units[last],
            let number = Int64(argument.dropLast()), number > 0, number <= 36_500
        else { return nil }
        self.init(seconds: number * unit, text: argument)
    }
}
