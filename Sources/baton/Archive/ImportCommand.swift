import ArgumentParser
import BatonArchive
import BatonCore
import BatonLog
import Foundation

/// `baton import`: brings entries of an archive back into a log.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring entries of an archive back into a log, where they were.",
        discussion: """
            Examples:
              baton import /var/lib/baton-archive --data /var/lib/baton --dry-run
              baton import ./cust-1 --data ./data

            Brings back what compaction archived, and makes streams that the log does not know. \
            Everything is checked before anything is changed; running it again changes nothing. \
            Works beside a live server.

            --json prints one object a line: one for each stream, then one with the totals.
            Exit status 1 where the archive is damaged or of another log; then nothing was changed.
            """)

    @Argument(help: ArgumentHelp("The archive.", valueName: "folder"))
    var archive: String

    @Option(help: "The folder that holds the log; made if it is missing.")
    var data = "data"

    @Option(
        help: ArgumentHelp("Only this stream of --tenant.", valueName: "name"))
    var stream: String?

    @Option(help: ArgumentHelp("Only this tenant's streams.", valueName: "name"))
    var tenant: String?

    @Flag(help: "Check everything and tell what would be done.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        do {
            if let tenant { _ = try TenantID(tenant) }
            if let stream { _ = try StreamID(stream) }
        } catch { throw ValidationError("\(error)") }
        guard stream == nil || tenant != nil else {
            throw ValidationError("--stream needs --tenant: tenants may have streams of one name")
        }
    }

    private struct Line: Encodable {
        let tenant: String
        let stream: String
        let action: String
        let below: UInt64
        let held: UInt64
        let behind: UInt64
        let left: UInt64
        let horizon: UInt64?
        let head: UInt64?
    }

    private struct Totals: Encodable {
        var streams = 0
        var entries: UInt64 = 0
        var held: UInt64 = 0
        var left: UInt64 = 0
    }

    func run() async throws {
        guard !dryRun else { return try await perform() }
        try await Audit.act(
            "import", onLog: data, ["stream": stream, "tenant": tenant, "from": archive]
        ) { _ in try await perform() }
    }

    private func perform() async throws {
        let opened = try Archive(opening: archive)
        let keys = try await check(opened)
        // A dry run makes no log where there is none.
        let isThere = FileManager.default.fileExists(atPath: "\(data)/\(SQLiteLog.fileName)")
        let log: any LogEngine =
            dryRun && !isThere ? MemoryLog() : try SQLiteLog.open(directory: data)
        do {
            try await bring(keys, from: opened, into: log)
        } catch {
            await log.close()
            throw error
        }
        await log.close()
    }

    /// Checks every byte of what is to be brought back, and returns whose it is.
    private func check(_ opened: Archive) async throws -> [StreamKey] {
        let wanted = try stream.map {
            StreamKey(tenant: try TenantID(tenant ?? ""), stream: try StreamID($0))
        }
        let bar = ProgressBar("checking")
        let tally = try ArchiveCheck.run(archive, only: wanted) { bar.show($0, of: $1) }
        bar.end()
        guard tally.findings.isEmpty else {
            for finding in tally.findings { Output.complain(finding.description) }
            throw CommandFailure(
                "\(archive) is damaged, nothing was changed: bring it back from a copy")
        }
        let keys = try opened.folders().compactMap { try opened.manifest(in: $0)?.key }.filter {
            (wanted == nil || $0 == wanted)
                && (tenant == nil || $0.tenant.description == tenant)
        }
        guard !keys.isEmpty else { throw CommandFailure("\(archive) holds none of these streams") }
        return keys
    }

    private func bring(_ keys: [StreamKey], from opened: Archive, into log: any LogEngine)
        async throws
    {
        let work = ArchiveImport(from: opened, into: log)
        // All streams are held against the log before the first is changed.
        for key in keys { _ = try await work.plan(key) }
        var totals = Totals()
        let bar = ProgressBar("importing")
        defer { bar.end() }
        for key in keys {
            guard let plan = try await work.plan(key) else { continue }
            var head: LogHead?
            if !dryRun {
                head = try await work.run(plan) { done, total in
                    if keys.count == 1 { bar.show(Int(done), of: Int(total)) }
                }
            }
            totals.streams += 1
            totals.entries += plan.below + plan.behind
            totals.held += plan.held
            totals.left += plan.left
            try tell(plan, head)
            if keys.count > 1 { bar.show(totals.streams, of: keys.count) }
        }
        if json {
            try Output.tell(line: ["totals": totals])
        } else {
            Output.tell(
                "\(totals.streams) streams: \(totals.entries) entries "
                    + "\(dryRun ? "would come" : "came") back, \(totals.held) were there")
        }
        guard totals.left == 0 else {
            throw CommandFailure(
                "\(totals.left) entries of the archive do not join on to the log and stay where they "
                    + "are: bring back first what lies between")
        }
    }

    private func tell(_ plan: ImportPlan, _ head: LogHead?) throws {
        if json {
            try Output.tell(
                line: Line(
                    tenant: plan.key.tenant.description, stream: plan.key.stream.description,
                    action: plan.kind.rawValue, below: plan.below, held: plan.held,
                    behind: plan.behind, left: plan.left, horizon: head?.horizon.rawValue,
                    head: head?.offset.rawValue))
            return
        }
        var parts: [String] = []
        if plan.below > 0 { parts.append("\(plan.below) below its horizon") }
        if plan.behind > 0 {
            parts.append(
                plan.kind == .make ? "made, with \(plan.behind)" : "\(plan.behind) behind its head")
        }
        if plan.held > 0 { parts.append("\(plan.held) were there") }
        if plan.left > 0 { parts.append("\(plan.left) do not join on") }
        Output.tell(
            "\(plan.key.tenant) \(plan.key.stream): "
                + (parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")))
    }
}
