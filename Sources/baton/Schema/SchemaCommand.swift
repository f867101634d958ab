import ArgumentParser

/// `baton schema`: schemas as documents.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Check schema documents before they are put in force.",
        discussion: """
            Example:
              baton schema check ./schemas --against ./schemas-in-force
            """,
        subcommands: [SchemaCheckCommand.self])
}
