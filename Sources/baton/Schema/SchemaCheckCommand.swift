import ArgumentParser
import BatonCore
import BatonWire

/// `baton schema check`: is a schema sound, and may it take the place of the one before?
struct SchemaCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check schema documents, and a new version against the old one.",
        discussion: """
            Examples:
              baton schema check wish-list.json
              baton schema check ./schemas --against ./schemas-in-force --json

            Additive changes are listed with +, breaking ones with ! and the reason. Documents of
            a built-in type that OLD lacks are held against the built-in one, as baton serve does.
            Exit status: 0 all is well, 1 a document is wrong or a change breaks.
            """)

    @Argument(help: "A schema document, or a folder of them.")
    var new: String

    @Option(help: ArgumentHelp("The document, or folder, in force so far.", valueName: "old"))
    var against: String?

    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
        let ok: Bool
        let schemas: [Line]
        let problems: [SchemaFiles.Finding]
        let changes: [Change]
    }

    private struct Line: Encodable {
        let file: String
        let type: String
        let version: Int
    }

    private struct Change: Encodable {
        let file: String?
        let type: String
        let place: String
        let pointer: String
        let effect: String
        let reason: String

        init(_ change: SchemaChange, document: SchemaFiles.Document?) {
            file = document?.file
            type = change.type
            place = change.place.pointer
            pointer = document?.schema.pointer(to: change.place) ?? ""
            effect = change.effect.rawValue
            reason = change.reason
        }
    }

    func run() async throws {
        let files = try SchemaFiles(new)
        let older = try against.map { try SchemaFiles($0) }
        var problems = files.findings + (older?.findings ?? [])
        let changes = changes(in: files, since: older, problems: &problems)
        let breaking = changes.filter { $0.effect == SchemaChange.Effect.breaking.rawValue }
        let isSound = problems.isEmpty && breaking.isEmpty
        if json {
            try Output.tell(
                json: Report(
                    ok: isSound,
                    schemas: files.documents.map {
                        Line(file: $0.file, type: $0.schema.type, version: $0.schema.version)
                    },
                    problems: problems, changes: changes))
        } else {
            for problem in problems { Output.tell(problem.line) }
            for document in files.documents {
                Output.tell(
                    "\(document.file): \(document.schema.type), version \(document.schema.version)")
            }
            for change in changes {
                let mark = change.effect == SchemaChange.Effect.breaking.rawValue ? "!" : "+"
                Output.tell("  \(mark) \(change.type)\(change.place): \(change.reason)")
            }
            if isSound {
                Output.tell("sound" + (changes.isEmpty ? "" : ", and every change is additive"))
            } else {
                Output.tell(
                    "\(problems.count) wrong, \(breaking.count) breaking: "
                        + "not to be put in force")
            }
        }
        if !isSound { throw ExitCode(1) }
    }

    private func changes(
        in files: SchemaFiles, since older: SchemaFiles?, problems: inout [SchemaFiles.Finding]
    ) -> [Change] {
        var before = older?.schemas ?? SchemaSet([])
        let types = Set(files.documents.map(\.schema.type))
        let builtins = BuiltinSchemas.all.sorted.filter {
            types.contains($0.type) && before[$0.type] == nil
        }
        before = SchemaSet(before.sorted + builtins)
        // A single document is held against its own type; that others are not named means nothing.
        let isWhole = older.map { $0.documents.count > 1 || files.documents.count > 1 } ?? false
        if !isWhole { before = SchemaSet(before.sorted.filter { types.contains($0.type) }) }
        if let older, !isWhole, files.findings.isEmpty, older.findings.isEmpty,
            types.isDisjoint(with: older.documents.map(\.schema.type))
        {
            problems.append(
                SchemaFiles.Finding(
                    file: new, pointer: "/type",
                    reason: "declares another type than \(against ?? ""): name the older version "
                        + "of the same type"))
        }
        return files.schemas.changes(since: before)
            .filter { older != nil || before[$0.type] != nil }
            .map { change in
                Change(
                    change,
                    document: files.documents.first { $0.schema.type == change.type })
            }
    }
}
