import ArgumentParser
import BatonLog
import BatonServer
import Foundation

/// `baton backup`: a copy of a log that is in use.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a log, as of one moment, while a server serves it.",
        discussion: """
            Example:
              baton backup --data /var/lib/baton --to /backups/2026-01-31

            The folder gets its name once all is on the disk and its checksums stand in
            manifest.json; a backup that was killed leaves nothing of that name. Keys are not in it:
            keep the key file elsewhere. baton restore makes a log of it again.
            """)

    @Option(help: "The folder that holds the log.")
    var data = "data"

    @Option(help: ArgumentHelp("Where to put the backup: a new folder.", valueName: "folder"))
    var to: String

    @Option(
        help: ArgumentHelp(
            "Copy at most so many mebibytes a second, to spare a live server; 0 for no limit.",
            valueName: "MiB"))
    var rate = 64

    @Flag(help: "Print JSON.")
    var json = false

    private struct Line: Encodable {
        let folder: String
        let epoch: String
        let bytes: Int64
        let files: Int
    }

    func validate() throws {
        guard (0...1_000_000).contains(rate) else {
            throw ValidationError("--rate is from 0 to 1000000")
        }
    }

    func run() async throws {
        try await Audit.act("backup", onLog: data, ["to": to]) { notes in
            notes["epoch"] = try await perform()
        }
    }

    /// Makes the backup; returns the log's epoch.
    private func perform() async throws -> String {
        let bar = ProgressBar("copying")
        defer { bar.end() }
        let manifest = try await LogBackup(of: data).make(
            at: to, now: WallClock.now(),
            pace: .init(bytesPerSecond: rate == 0 ? nil : rate << 20)
        ) { bar.show($0 >> 20, of: $1 >> 20) }
        CareNotes.backup.note(in: data)
        let line = Line(
            folder: to, epoch: manifest.epoch,
            bytes: manifest.files.reduce(0) { $0 + $1.bytes }, files: manifest.files.count)
        if json {
            try Output.tell(json: line)
        } else {
            Output.tell(
                "\(line.files) files, \(line.bytes) bytes of log \(line.epoch) in \(line.folder)")
        }
        return line.epoch
    }
}
