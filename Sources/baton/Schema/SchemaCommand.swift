import ArgumentParser

/// `baton schema`: schemas as documents.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Check schema documents, and write typed Swift for them.",
        discussion: """
            Examples:
              baton schema check ./schemas --against ./schemas-in-force
              baton schema swift wish-list.json --output WishList.swift
            """,
        subcommands: [SchemaCheckCommand.self, SchemaSwiftCommand.self])
}
