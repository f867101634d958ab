import ArgumentParser
import BatonArchive
import BatonCore
import BatonLog
import Foundation

/// `baton export`: copies streams into an archive.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copy a stream, or all, into an archive that can be carried elsewhere.",
        discussion: """
            Examples:
              baton export cust-1 --tenant acme --to ./cust-1
              baton export --tenant acme --data /var/lib/baton --to /mnt/acme

            The log is only read; works beside a live server. Of a stream that was compacted goes what its \
            log still has, with the snapshot before it. Exporting again adds what came since. Bring it \
            back with baton import, here or elsewhere.

            --json prints one object a line: one for each stream, then one with the totals.
            """)

    @OptionGroup var selection: StreamSelection

    @Option(help: ArgumentHelp("The archive; made if it is missing.", valueName: "folder"))
    var to: String

    @Flag(help: "Print JSON.")
    var json = false

    private struct Line: Encodable {
        let tenant: String
        let stream: String
        let entries: UInt64
        let bytes: Int
        let beginning: UInt64
        let head: UInt64
    }

    private struct Totals: Encodable {
        var streams = 0
        var entries: UInt64 = 0
        var bytes = 0
    }

    func run() async throws {
        try await Audit.act(
            "export", onLog: selection.data,
            ["stream": selection.stream, "tenant": selection.tenant, "to": to]
        ) { _ in try await perform() }
    }

    private func perform() async throws {
        let log = try selection.open()
        var totals = Totals()
        do {
            let writer = try ArchiveWriter(to)
            try await export(log, writer, &totals)
            try writer.finish()
        } catch {
            await log.close()
            throw error
        }
        await log.close()
        if json {
            try Output.tell(line: ["totals": totals])
        } else {
            Output.tell(
                "\(totals.streams) streams, \(totals.entries) entries written to \(to) "
                    + "(\(CompactionReport.size(UInt64(totals.bytes))))")
        }
    }

    private func export(_ log: SQLiteLog, _ writer: ArchiveWriter, _ totals: inout Totals)
        async throws
    {
        let export = ArchiveExport(from: log, into: writer)
        let isSingle = selection.stream != nil
        let total = isSingle ? 0 : try await selection.count(in: log)
        let bar = ProgressBar("exporting")
        defer { bar.end() }
        try await selection.each(in: log) { key in
            let outcome = try await export.run(key) { done, total in
                if isSingle { bar.show(Int(done), of: Int(total)) }
            }
            guard let outcome else { return }
            totals.streams += 1
            totals.entries += outcome.entries
            totals.bytes += outcome.bytes
            if json {
                try Output.tell(
                    line: Line(
                        tenant: key.tenant.description, stream: key.stream.description,
                        entries: outcome.entries, bytes: outcome.bytes,
                        beginning: outcome.beginning.rawValue, head: outcome.head.rawValue))
            }
            if !isSingle { bar.show(totals.streams, of: total) }
        }
    }
}

extension Output {
    /// Writes a value to standard output as JSON on one line, keys sorted.
    static func tell(line value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        tell(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
