import ArgumentParser
import BatonArchive
import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation

/// `baton compact`: folds the front of streams into their base snapshots, and archives or drops it.
struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Fold the front of streams into a snapshot, and archive or drop what was folded.",
        discussion: """
            Examples:
              baton compact --older-than 30d --archive /var/lib/baton-archive --dry-run
              baton compact --older-than 30d --keep-last 100 --archive /var/lib/baton-archive
              baton compact cust-1 --tenant acme --keep-last 0 --rate 20000

            Works beside a live server, and stands back while that writes; clients notice nothing. Where --older-than and --keep-last are \
            both given, an entry goes only where both let it. State hash and version vector are the same \
            before and after, or nothing is changed. It may be killed at any time and run again.
            Without --archive the dropped entries are gone.

            --json prints one object a line: one for each stream, then one with the totals.
            """)

    @OptionGroup var selection: StreamSelection

    @Option(
        help: ArgumentHelp(
            "Entries that came at least so long ago may go: 30d, 12h, 45m, 90s.", valueName: "age"))
    var olderThan: AgeArgument?

    @Option(help: ArgumentHelp("So many of a stream's last entries stay.", valueName: "entries"))
    var keepLast: UInt64?

    @Option(
        help: ArgumentHelp(
            "Put what goes into this archive first; made if it is missing.", valueName: "folder"))
    var archive: String?

    @Flag(help: "Only tell what would go and what would stay, and why.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Spare a live server: go through at most so many entries a second.",
            valueName: "entries"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "A folder of schema documents, as for baton serve; without it, those that are in force.",
            valueName: "folder"))
    var schemas: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard olderThan != nil || keepLast != nil else {
            throw ValidationError(
                "say what may go: --older-than AGE, --keep-last N, or both (--keep-last 0: everything)"
            )
        }
        if let rate, !(rate >= 1 && rate.isFinite) {
            throw ValidationError("--rate is at least 1 entry a second")
        }
    }

    func run() async throws {
        guard !dryRun else { return try await perform() }
        try await Audit.act(
            "compact", onLog: selection.data,
            [
                "stream": selection.stream, "tenant": selection.tenant, "archive": archive,
                "keepLast": keepLast.map { "\($0)" },
                "olderThanMilliseconds": olderThan.map { "\($0.milliseconds)" },
            ]
        ) { _ in try await perform() }
    }

    private func perform() async throws {
        let inForce = try SchemaFiles.inForce(in: selection.data, with: schemas)
        var options = SQLiteLog.Options()
        // What a failing machine undoes, the next run does again.
        options.purpose = .maintenance
        let log = try selection.open(options: options)
        do {
            let writer = try dryRun ? nil : archive.map { try ArchiveWriter($0) }
            var report = CompactionReport(isDryRun: dryRun, isJSON: json)
            try await compact(log, writer, schemas: inForce, &report)
            try writer?.finish()
            if !dryRun, report.totals.entries > 0 { try await log.shrink() }
            await log.close()
            try report.end()
            if !dryRun && selection.stream == nil { CareNotes.compaction.note(in: selection.data) }
        } catch {
            await log.close()
            throw error
        }
    }

    private func compact(
        _ log: SQLiteLog, _ writer: ArchiveWriter?, schemas: TenantSchemas,
        _ report: inout CompactionReport
    ) async throws {
        var compactor = Compactor(
            engine: log, schemas: { schemas[$0].set }, archive: writer,
            pace: CompactionPace(entriesPerSecond: rate))
        let policy = CompactionPolicy(olderThan: olderThan?.milliseconds, keepLast: keepLast)
        let isSingle = selection.stream != nil
        let total = isSingle ? 0 : try await selection.count(in: log)
        let bar = ProgressBar(dryRun ? "looking" : "compacting")
        defer { bar.end() }
        var done = 0
        try await selection.each(in: log) { key in
            Priority.standBack()
            do {
                let plan = try await compactor.plan(key, policy: policy, now: WallClock.now())
                if dryRun || plan.entries == 0 {
                    try report.take(plan, nil)
                } else {
                    let outcome = try await compactor.run(plan) { done, total in
                        Priority.standBack()
                        if isSingle { bar.show(Int(done), of: Int(total)) }
                    }
                    try report.take(plan, outcome)
                }
            } catch let failure as CompactionFailure {
                bar.end()
                // What one stream suffers from keeps no other from being compacted; what is wrong
                // with compaction itself, or with the archive, does.
                guard failure.code == .damaged || failure.code == .overtaken else { throw failure }
                try report.take(failure)
            }
            done += 1
            if !isSingle { bar.show(done, of: total) }
        }
    }
}
