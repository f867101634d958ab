import ArgumentParser
import BatonServer
import Foundation

/// `baton audit`: who did what to a log.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Print the record of administrative acts, and check that no line was changed.",
        discussion: """
            Every command that administers a log, its keys or its tokens adds to audit.jsonl beside it before
            it begins and when it has ended. Each line holds the hash of the one before; the last hash is
            printed at the end: kept elsewhere, it tells whether the end was cut off later.

            Examples:
              baton audit --data /var/lib/baton
              baton audit --data /var/lib/baton --act token. --json
              baton audit --data /etc/baton

            Exit status 1 if a line is missing, changed or unreadable.
            """)

    @Option(
        help: ArgumentHelp(
            "The folder of the log, or that of a key file for what baton token did.",
            valueName: "folder"))
    var data = "data"

    @Option(help: ArgumentHelp("Print acts whose name begins so.", valueName: "name"))
    var act: String?

    @Flag(help: "Print the lines as JSON.")
    var json = false

    private struct Answer: Encodable {
        let lines: [AuditLine]
        let last: String?
        let findings: [String]
    }

    func run() throws {
        guard FileManager.default.fileExists(atPath: data) else {
            throw CommandFailure("there is no folder \(data): give --data FOLDER")
        }
        let reading = try AuditFile(in: data).read()
        let wanted = reading.lines.filter { line in act.map { line.act.hasPrefix($0) } ?? true }
        if json {
            try Output.tell(
                json: Answer(lines: wanted, last: reading.last, findings: reading.findings))
        } else {
            if !wanted.isEmpty {
                Output.tell(
                    Output.table(
                        ["number", "time", "by", "act", "outcome", "detail"], wanted.map(Self.row)))
            }
            for finding in reading.findings { Output.tell(finding) }
            Output.tell(
                "\(reading.lines.count) lines, \(reading.findings.count) findings"
                    + (reading.last.map { ", last hash \($0)" } ?? ""))
        }
        if !reading.findings.isEmpty { throw ExitCode(1) }
    }

    private static func row(_ line: AuditLine) -> [String] {
        let detail = line.detail.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        return [
            "\(line.number)", line.time, line.by, line.act, line.outcome ?? "begun",
            detail.joined(separator: " "),
        ].map { text in
            // Names may come from elsewhere; a terminal is not to act on them.
            String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map {
                        $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
                    }))
        }
    }
}
