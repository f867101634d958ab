import ArgumentParser
import BatonServer

/// `baton token rotate`: puts a new key in front of a key file.
struct TokenRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract:
            "Put a new key in front of a key file, and keep the old ones for what they signed.",
        discussion: """
            The first key signs, all verify. A running server reads the file again on SIGHUP, with no
            request lost. Rotate again once the tokens of the oldest key have expired: it is dropped then.

            Examples:
              baton token rotate keys.json && kill -HUP $(pidof baton)
              baton token rotate keys.json --algorithm ES256 --keep 1
            """)

    @Argument(help: ArgumentHelp("The JWK set.", valueName: "file"))
    var file: String

    @Option(help: "How the new key signs: HS256, ES256 or EdDSA.")
    var algorithm = KeyAlgorithm(value: .hs256)

    @Option(
        help: "Keys that stay besides the new one; 0 ends every token that was signed before.")
    var keep = 1

    func validate() throws {
        guard (0..<100).contains(keep) else { throw ValidationError("--keep is from 0 to 99") }
    }

    func run() async throws {
        var set = try KeySet(KeyFile.read(file))
        let id = KeyFile.newID()
        set.rotate(to: algorithm.value, id: id, most: keep + 1)
        // Nothing is replaced by a set that no server would take.
        _ = try await TokenKeys(jwks: set.json)
        let kept = set.keys.dropFirst().compactMap(\.kid)
        try await Audit.act(
            "token.rotate", withKeys: file,
            ["key": id, "algorithm": algorithm.value.rawValue, "kept": kept.joined(separator: " ")]
        ) { _ in try KeyFile.replace(file, with: set) }
        Output.tell(
            "\(id) signs; \(kept.isEmpty ? "no other key is left" : "still taken: " + kept.joined(separator: ", "))"
        )
    }
}

/// `baton token public`: the public halves of a key file.
struct TokenPublic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "public",
        abstract: "Print the public halves of a key file, for a server that only verifies.",
        discussion: """
            Example:
              baton token public keys.json > verify.json
            """)

    @Argument(help: ArgumentHelp("The JWK set.", valueName: "file"))
    var file: String

    func run() async throws {
        let set = try KeySet(KeyFile.read(file))
        let halves = set.publicHalves
        guard halves.keys.count == set.keys.count else {
            throw CommandFailure(
                "an HS256 key has no public half: whoever verifies with it can sign, too; use "
                    + "ES256 or EdDSA")
        }
        Output.tell(String(decoding: try halves.json.dropLast(), as: UTF8.self))
    }
}
