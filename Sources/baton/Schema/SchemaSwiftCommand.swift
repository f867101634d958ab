import ArgumentParser
import BatonGenerator
import BatonServer
import Foundation

/// `baton schema swift`: typed Swift for a tenant's own schemas.
struct SchemaSwiftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swift",
        abstract: "Write typed Swift for schema documents, to be compiled with BatonSync.",
        discussion: """
            Each entity type becomes a struct with a property for each field, of the type and with the verbs
            that the schema says. Write it anew whenever the schema grows; what the app does not know yet
            is kept and passed on, and never shown wrong.

            Examples:
              baton schema swift wish-list.json --output Sources/Shop/WishList.swift
              baton schema swift ./schemas --public > Shop.swift

            Names that are words of Swift are written between backticks, or with an underscore behind them.
            Exit status: 0 written, 1 a document is wrong, or two names would be one in Swift.
            """)

    @Argument(help: "A schema document, or a folder of them.")
    var file: String

    @Option(help: ArgumentHelp("Where to write; standard output by default.", valueName: "file"))
    var output: String?

    @Flag(name: .customLong("public"), help: "Let other modules see the types.")
    var isPublic = false

    func run() throws {
        let files = try SchemaFiles(file)
        guard files.findings.isEmpty else {
            throw CommandFailure(
                "nothing is written, for these documents are wrong:\n"
                    + files.findings.map(\.line).joined(separator: "\n"))
        }
        let text: String
        do {
            text = try SwiftSource.text(of: files.documents.map(\.schema), isPublic: isPublic)
        } catch {
            throw CommandFailure("\(error)")
        }
        guard let output else {
            FileHandle.standardOutput.write(Data(text.utf8))
            return
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
            throw CommandFailure("\(output) cannot be written: does its folder exist?")
        }
    }
}
