import ArgumentParser
import BatonCore
import BatonLog
import BatonServer
import BatonWire

/// `baton restore`: a backup becomes a log again.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a log of a backup, ready to be served.",
        discussion: """
            Example:
              baton restore /backups/2026-01-31 --data /var/lib/baton-restored

            Every checksum is checked first, and the log is verified before it gets its place. A folder
            that exists and is empty, such as a volume, is filled from within; a restore that was killed
            leaves no log, and can be run again.

            It is a log of its own, with an epoch of its own: devices notice with their next sync, take its
            state, and push again what it lacks and they still hold. Never serve the old log and a
            restored one to the same devices at once.
            """)

    @Argument(help: "The folder of the backup.")
    var backup: String

    @Option(
        help: ArgumentHelp(
            "Where the log is to lie: a new folder, or an empty one.", valueName: "folder"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "A folder of schema documents, as for baton serve; without it, those that were in force.",
            valueName: "folder"))
    var schemas: String?

    @Flag(help: "Print JSON.")
    var json = false

    private struct Line: Encodable {
        let folder: String
        let epoch: String
        let backedUpAt: String
        let streams: Int
        let entries: Int
    }

    func run() async throws {
        try await Audit.act("restore", onLog: data, ["from": backup]) { _ in try await perform() }
    }

    private func perform() async throws {
        let restore = try LogRestore(from: backup)
        var report = SurveyReport()
        let identity = try await restore.make(in: data) { folder in
            report = try await LogSurvey(
                of: folder, schemas: SchemaFiles.inForce(in: folder, with: schemas)
            ).report()
            guard report.isSound else {
                for finding in report.findings { Output.complain(finding.description) }
                throw CommandFailure(
                    "the backup was damaged when it was made (\(report.summary)): take another one, "
                        + "or repair the log with baton verify --repair")
            }
        }
        let line = Line(
            folder: data, epoch: identity.epoch,
            backedUpAt: InstantFormat.text(milliseconds: restore.manifest.madeAt),
            streams: report.streams, entries: report.entries)
        if json {
            try Output.tell(json: line)
            return
        }
        Output.tell(
            "\(line.streams) streams as of \(line.backedUpAt), in \(line.folder), as log "
                + "\(line.epoch): serve it with --data \(line.folder)")
    }
}
