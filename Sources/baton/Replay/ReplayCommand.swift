import ArgumentParser
import BatonReplay
import Foundation

/// `baton replay`: plays a recorded data set through real clients and checks what came of it.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play a recorded shop through real clients against a server, and check the end.",
        discussion: """
            Reads REES46, Snowplow, Olist, OTTO and Retentioneering, told by their contents; \
            files may be gzip. Each session or platform of a person is a client of its own: \
            apps and browsers with the SDK and a store on disk, shops and services by plain \
            HTTP. In the end every device must hold the same state, nothing may be lost or \
            doubled, and carts and orders are compared with a plain count of the file.

            Examples:
              baton replay ~/data/olist --online
              baton replay events.csv --offline 0.5 --seed 7 --json
              baton replay shop.jsonl.gz --server http://127.0.0.1:8377 --token-file token.txt

            Without --server it runs a server of its own on a free port, gone afterwards. \
            Exit status 1 if a device diverged, an event was lost or doubled, or, with \
            --online, an entity differs from the plain count.
            """)

    @Argument(
        help: ArgumentHelp("A data file, or a folder of them.", valueName: "path"))
    var path: String

    @Option(help: ArgumentHelp("A server that runs already.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The file of a token for --server, of role service and for all streams. BATON_TOKEN holds one, too.",
            valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Every device syncs before and after each event; no faults.")
    var online = false

    @Option(
        help: ArgumentHelp(
            "The share of time that devices are offline, from 0 to 1; 0.5 if not given.",
            valueName: "rate"))
    var offline: Double?

    @Option(
        help: "What offline windows, faults and restarts depend on: the same seed, the same ones.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Read at most so many rows.", valueName: "rows"))
    var limit: Int?

    @Flag(help: "Stop at the first garbled row instead of skipping it.")
    var strict = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Keep the log of its own server in this new folder, for baton inspect.",
            valueName: "folder"))
    var keep: String?

    func validate() throws {
        guard !(online && offline != nil) else {
            throw ValidationError("--online has no offline windows: leave out --offline")
        }
        guard (0...1).contains(offline ?? 0) else {
            throw ValidationError("--offline is a share from 0 to 1, such as 0.5")
        }
        guard server != nil || tokenFile == nil else {
            throw ValidationError("--token-file is for a --server that runs already")
        }
        guard server == nil || tokenFile != nil || GivenToken.inEnvironment != nil else {
            throw ValidationError(
                "--server needs a token: --token-file FILE, or BATON_TOKEN (baton token makes one)")
        }
        guard server == nil || keep == nil else {
            throw ValidationError("--keep is for a server of replay's own: leave out --server")
        }
        guard limit.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--limit is at least 1")
        }
    }

    func run() async throws {
        let data = try ReplaySource.open(
            path, options: ReadingOptions(limit: limit, isStrict: strict))
        var options = ReplayOptions()
        options.seed = seed
        options.connection = online ? .online : .windows(offline: offline ?? 0.5)
        options.isForeignServer = server != nil
        let report = try await withReplayFolder(keeping: keep) { folder in
            if let server {
                let token = try GivenToken.read(tokenFile)
                return try await replay(data, server, token, folder, options)
            }
            return try await OwnServer.with(log: folder + "/log") { server, token in
                try await replay(data, server, token, folder, options)
            }
        }
        if json {
            try Output.tell(json: report)
        } else {
            Output.tell(ReplayText.text(of: report))
        }
        if !report.findings.isEmpty { throw ExitCode(1) }
    }

    private func replay(
        _ data: LoadedDataSet, _ server: String, _ token: String, _ folder: String,
        _ options: ReplayOptions
    ) async throws -> ReplayReport {
        let driver = try ReplayDriver(
            server: server, token: token, folder: folder + "/devices", options: options)
        let playing = ProgressBar("playing")
        let settling = ProgressBar("settling")
        defer { settling.end() }
        return try await driver.run(data) { progress in
            switch progress.phase {
            case .playing: playing.show(progress.done, of: progress.total)
            case .settling: settling.show(progress.done, of: progress.total)
            }
        }
    }

    /// A folder for the time of the replay; what is to be kept is not taken away afterwards.
    private func withReplayFolder<Result>(
        keeping kept: String?, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let files = FileManager.default
        let folder =
            kept
            ?? files.temporaryDirectory.appending(path: "baton-replay-\(UUID().uuidString)").path
        guard !files.fileExists(atPath: folder) else {
            throw CommandFailure("\(folder) exists: name a new folder to keep the log in")
        }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: kept == nil ? folder : folder + "/devices") }
        return try await body(folder)
    }
}
