import ArgumentParser
import BatonCore
import BatonServer
import Foundation

/// `baton token inspect`: what a token says, and whether a server would take it.
struct TokenInspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a token says, and whether a server with these keys would take it.",
        discussion: """
            The token is read from standard input, so that it stands in no list of processes. Ends with 1
            where it would not be taken, and says why.

            Examples:
              baton token inspect --keys keys.json < token.txt
              baton token inspect --keys keys.json --data ./data < token.txt
            """)

    @Option(help: ArgumentHelp("The JWK set to check it with.", valueName: "file"))
    var keys: String

    @Option(
        help: ArgumentHelp(
            "The folder of a log: what is revoked there counts, too.", valueName: "folder"))
    var data: String?

    @OptionGroup
    var rules: TokenRuleOptions

    @Flag(help: "Print it as JSON.")
    var json = false

    private struct Answer: Encodable {
        let taken: Bool
        let reason: String?
        let claims: TokenClaims?
        let key: String?
    }

    func run() async throws {
        let bearer = (readLine() ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let inspection = TokenInspection(
            of: bearer, keys: try await TokenKeys(jwks: KeyFile.read(keys)), rules: rules.rules,
            revocations: try data.map { try RevocationFile.read(in: $0) } ?? Revocations(),
            now: WallClock.now())
        if json {
            try Output.tell(
                json: Answer(
                    taken: inspection.refusal == nil,
                    reason: inspection.refusal.map { "\($0)" }, claims: inspection.claims,
                    key: inspection.keyID))
        } else {
            tell(inspection)
        }
        if inspection.refusal != nil { throw ExitCode(1) }
    }

    private func tell(_ inspection: TokenInspection) {
        var rows: [(String, String)] = []
        if let key = inspection.keyID { rows.append(("key", key)) }
        if let claims = inspection.claims {
            rows += [
                ("tenant", claims.tenant), ("role", claims.role),
                ("streams", claims.streams.joined(separator: " ")),
                ("entities", claims.entities?.joined(separator: " ") ?? "all"),
            ]
            let others: [(String, String?)] = [
                ("subject", claims.subject), ("replica", claims.replica),
                ("channel", claims.channel), ("issuer", claims.issuer),
                ("audience", claims.audience?.joined(separator: " ")), ("id", claims.id),
                ("issued", claims.issued.map(Self.time)),
                ("not before", claims.notBefore.map(Self.time)),
                ("expires", Self.time(claims.expires)),
            ]
            rows += others.compactMap { name, value in value.map { (name, $0) } }
        }
        for (name, value) in rows {
            Output.tell(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
        }
        Output.tell(inspection.refusal.map { "not taken: \($0)" } ?? "taken")
    }

    private static func time(_ seconds: Int64) -> String {
        InstantFormat.text(milliseconds: seconds * 1000)
    }
}
