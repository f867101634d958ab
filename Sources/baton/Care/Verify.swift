import ArgumentParser
import BatonArchive
import BatonCore
import BatonLog
import BatonServer

/// `baton verify`: is the log what was written?
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that a log is what was written: chains, counters, snapshots, files.",
        discussion: """
            Examples:
              baton verify --data /var/lib/baton
              baton verify --data /var/lib/baton --archive /backups/archive
              baton verify --data /var/lib/baton --repair --from /backups/2026-01-31
              baton verify --data /var/lib/baton --repair --archive /backups/archive
              baton verify cust-8123 --tenant acme --data /var/lib/baton

            Works beside a live server and changes nothing of the log. Every entry's hash chain, every
            replica's counters, every row's checksum, the stored snapshots against a refold of the
            entries, and SQLite's own rules. Each finding names tenant, stream and the first offset
            that cannot be trusted. With STREAM, only that stream is looked at, and no files.

            --repair mends rows that a backup of this log, the row's own checksum or the entries
            prove, drops latest snapshots that are damaged, and makes indexes anew; it looks again,
            and names what is left. From each --archive come entries that the log's hash chain
            bears out, and a base snapshot, folded from the archived entries where they are all
            there. What nothing proves is never changed; then restore a backup.

            Exit status: 0 where all is sound, 1 where something is not.
            """)

    @Argument(help: "Only this stream.")
    var stream: String?

    @Option(help: "The folder that holds the log.")
    var data = "data"

    @Option(help: ArgumentHelp("Only this tenant's streams.", valueName: "name"))
    var tenant: String?

    @Option(
        help: ArgumentHelp(
            "A folder of schema documents, as for baton serve; without it, those that are in force.",
            valueName: "folder"))
    var schemas: String?

    @Option(
        help: ArgumentHelp(
            "An archive to check, too, and with --repair to mend from; may come again.",
            valueName: "folder"))
    var archive: [String] = []

    @Flag(help: "Mend what can be proved: from --from, --archive, sums and the entries.")
    var repair = false

    @Option(
        help: ArgumentHelp("With --repair: a backup of this log.", valueName: "folder"))
    var from: String?

    @Flag(help: "With --repair: only say what would be mended.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if !repair && (from != nil || dryRun) {
            throw ValidationError("--from and --dry-run go with --repair")
        }
        if stream != nil && tenant == nil {
            throw ValidationError("give the stream's tenant with --tenant")
        }
        _ = try tenant.map { try TenantID($0) }
        _ = try stream.map { try StreamID($0) }
    }

    func run() async throws {
        guard repair, !dryRun else { return try await perform() }
        let sources = archive + [from].compactMap(\.self)
        try await Audit.act(
            "repair", onLog: data, ["from": sources.joined(separator: " "), "stream": stream]
        ) { _ in try await perform() }
    }

    private func perform() async throws {
        var report = try await look()
        var deeds: [LogRepair.Deed] = []
        if repair {
            // What is mended may let another look see further: a name, and then what bears it.
            for _ in 0..<Self.rounds where !report.isSound {
                let done = try await mend(report)
                deeds += done
                guard !dryRun, !done.isEmpty else { break }
                report = try await look()
            }
        }
        if json {
            try Output.tell(
                json: Answer(
                    report: report, repaired: dryRun ? [] : deeds.map(\.description),
                    wouldRepair: dryRun ? deeds.map(\.description) : []))
        } else {
            for deed in deeds { Output.tell((dryRun ? "would mend " : "mended ") + "\(deed)") }
            for finding in report.findings { Output.tell(finding.description) }
            Output.tell(report.summary)
        }
        guard report.isSound else { throw ExitCode(1) }
        if stream == nil && tenant == nil { CareNotes.verification.note(in: data) }
    }

    private static let rounds = 3

    private func mend(_ report: SurveyReport) async throws -> [LogRepair.Deed] {
        let further = try StreamRepair(
            archives: archive, suspects: report.suspects,
            schemas: SchemaFiles.inForce(in: data, with: schemas))
        return try await LogRepair(of: data, from: from).run(isRehearsal: dryRun) {
            (file) throws(LogFailure) in try further.run(file)
        }
    }

    private struct Answer: Encodable {
        let report: SurveyReport
        let repaired: [String]
        let wouldRepair: [String]
    }

    private func look() async throws -> SurveyReport {
        let bar = ProgressBar("checking")
        defer { bar.end() }
        let survey = LogSurvey(of: data, schemas: try SchemaFiles.inForce(in: data, with: schemas))
        {
            _, done, total in bar.show(done, of: total)
        }
        let tenant = try tenant.map { try TenantID($0) }
        var key: StreamKey?
        if let stream, let tenant { key = StreamKey(tenant: tenant, stream: try StreamID(stream)) }
        var report: SurveyReport
        if let key {
            report = try await survey.report(on: key)
            guard report.streams > 0 else { throw key.missing() }
        } else {
            report = try await survey.report(tenant: tenant)
        }
        for archive in archive {
            report.add(
                try ArchiveCheck.run(archive, only: key) { bar.show($0, of: $1) }, of: archive)
        }
        return report
    }
}
