import ArgumentParser

/// `baton token`: tokens, the keys that they are signed with, and their end.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue tokens, read them, revoke them; make and rotate their keys.",
        discussion: """
            Examples:
              baton token --new-key keys.json
              baton token --keys keys.json --tenant acme --role kiosk --stream 'cust-*' --ttl 12h
              baton token inspect --keys keys.json < token.txt
              baton token rotate keys.json && kill -HUP $(pidof baton)
              baton token revoke --data ./data --tenant acme --subject till-7
            """,
        subcommands: [
            TokenIssue.self, TokenInspect.self, TokenRotate.self, TokenPublic.self,
            TokenRevoke.self,
        ],
        defaultSubcommand: TokenIssue.self)
}
