import ArgumentParser
import BatonCore
import BatonServer
import Foundation

/// `baton token revoke`: ends tokens before their time.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End tokens before their time: one, those of a holder, or those of a replica.",
        discussion: """
            The list lies beside the log; a running server sees it within a second or two, and ends live
            answers, too. --subject ends what was issued until now: a token that is issued afterwards is
            taken. A revoked replica may push nothing any more, whatever the token.

            Examples:
              baton token revoke --data ./data --tenant acme --token-id 1b4e28ba-…
              baton token revoke --data ./data --tenant acme --subject till-7
              baton token revoke --data ./data --tenant acme --replica 8f14e45fceea167a5a36dedd4bea2543
              baton token revoke --data ./data --list
            """)

    @Option(help: ArgumentHelp("The folder of the log.", valueName: "folder"))
    var data = "data"

    @Option(help: ArgumentHelp("Whose token.", valueName: "name"))
    var tenant: String?

    @Option(help: ArgumentHelp("One token, by its id (jti).", valueName: "id"))
    var tokenID: String?

    @Option(help: ArgumentHelp("All that a holder had been issued.", valueName: "name"))
    var subject: String?

    @Option(help: ArgumentHelp("A replica, and the tokens bound to it.", valueName: "id"))
    var replica: String?

    @Flag(help: "Take a revocation back.")
    var undo = false

    @Flag(help: "Print what is revoked, as JSON.")
    var list = false

    func validate() throws {
        if list { return }
        guard tenant != nil, [tokenID, subject, replica].compactMap(\.self).count == 1 else {
            throw ValidationError(
                "name --tenant NAME and one of --token-id ID, --subject NAME and --replica ID, or --list"
            )
        }
    }

    func run() async throws {
        guard FileManager.default.fileExists(atPath: data) else {
            throw CommandFailure("there is no folder \(data): give --data FOLDER")
        }
        if list {
            let json = try RevocationFile.read(in: data).json
            Output.tell(String(decoding: json.dropLast(), as: UTF8.self))
            return
        }
        let (tenant, target) = try (TenantID(tenant ?? ""), target())
        let now = WallClock.now() / 1000
        let undo = undo
        let detail: [String: String?] = [
            "tenant": tenant.description, "id": tokenID, "subject": subject, "replica": replica,
        ]
        let act = undo ? "token.restore" : "token.revoke"
        try await Audit.act(act, onLog: data, detail) { _ in
            let isDone = try RevocationFile.update(in: data) { list in
                undo
                    ? list.restore(target, of: tenant)
                    : list.revoke(.init(tenant: tenant, target: target, since: now))
            }
            guard !isDone else { return }
            throw CommandFailure(
                undo
                    ? "that was not revoked"
                    : "\(Revocations.most) are revoked, the most there may be: rotate the keys, and take "
                        + "back what has expired")
        }
        Output.tell(undo ? "taken back" : "revoked")
    }

    private func target() throws -> Revocations.Target {
        if let tokenID { return .token(tokenID) }
        if let subject { return .subject(subject) }
        guard let id = ReplicaID(replica ?? "") else {
            throw ValidationError("a replica id is 32 lowercase hexadecimal digits")
        }
        return .replica(id)
    }
}
