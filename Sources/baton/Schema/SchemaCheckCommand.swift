import ArgumentParser
import BatonCore
import BatonServer

/// `baton schema check`: is a schema sound, and may it take the place of the one before?
struct SchemaCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check schema documents, and a new version against the old one.",
        discussion: """
            Examples:
              baton schema check wish-list.json
              baton schema check ./schemas --against ./schemas-in-force --json
              baton schema check ./schemas --data /var/lib/baton

            Of each document it is told what is hidden, and which calls are kept, from whom.
            Additive changes are listed with +, breaking ones with ! and the reason. Documents of
            a built-in type that OLD lacks are held against the built-in one, as baton serve does.
            Documents in a folder below NEW are those of the tenant whose name it bears; they are
            held against that tenant's own in OLD, or else against those of all tenants.
            Exit status: 0 all is well, 1 a document is wrong or a change breaks.
            """)

    @Argument(help: "A schema document, or a folder of them.")
    var new: String

    @Option(help: ArgumentHelp("The document, or folder, in force so far.", valueName: "old"))
    var against: String?

    @Option(
        help: ArgumentHelp(
            "The folder of a log: hold NEW against what has come into force there.",
            valueName: "folder"))
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard against == nil || data == nil else {
            throw ValidationError("--against names documents, --data a log: give one of them")
        }
    }

    private struct Report: Encodable {
        let ok: Bool
        let schemas: [Line]
        let problems: [SchemaFinding]
        let changes: [SchemaCheckedChange]
    }

    private struct Line: Encodable {
        let file: String
        let tenant: String?
        let type: String
        let version: Int
        let kept: [SchemaAuthority]
    }

    func run() async throws {
        let files = try SchemaFiles(new)
        var changes = SchemaChanges(of: files)
        if let against { try changes.hold(against: SchemaFiles(against), named: against) }
        if let data { try changes.hold(againstLogIn: data) }
        changes.holdAgainstBuiltins()
        let problems = files.findings + changes.problems
        let breaking = changes.found.filter(\.isBreaking)
        let isSound = problems.isEmpty && breaking.isEmpty
        if json {
            try Output.tell(
                json: Report(
                    ok: isSound,
                    schemas: files.documents.map {
                        Line(
                            file: $0.file, tenant: $0.tenant?.description, type: $0.schema.type,
                            version: $0.schema.version, kept: SchemaAuthority.of($0.schema))
                    },
                    problems: problems, changes: changes.found))
        } else {
            for problem in problems { Output.tell(problem.line) }
            for document in files.documents {
                Output.tell(
                    "\(document.file): \(document.schema.type), version \(document.schema.version)"
                        + (document.tenant.map { ", of tenant \($0)" } ?? ""))
                for kept in SchemaAuthority.of(document.schema) { Output.tell(kept.line) }
            }
            for change in changes.found { Output.tell(change.line) }
            if isSound {
                Output.tell(
                    "sound" + (changes.found.isEmpty ? "" : ", and every change is additive"))
            } else {
                Output.tell(
                    "\(problems.count) wrong, \(breaking.count) breaking: "
                        + "not to be put in force")
            }
        }
        if !isSound { throw ExitCode(1) }
    }
}
