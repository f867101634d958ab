import ArgumentParser
import BatonCore
import BatonLog

/// `baton bench fold`: compacts the streams named `kept-…` of a log, for the benchmark of compaction.
struct FoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fold",
        abstract: "Compact streams of a benchmark's log.", shouldDisplay: false)

    @Option(help: "The folder of the log.")
    var data: String

    func run() async throws {
        try await LogFilling.with(data) { log in
            let tenant = try LogFilling.tenant()
            var last = try StreamID("kept")
            while true {
                let page = try await log.streams(of: tenant, after: last, limit: 1_000)
                    .map(\.stream).filter { $0.description.hasPrefix("kept-") }
                guard let end = page.last else { break }
                for stream in page {
                    _ = try await LogFolding.compact(
                        StreamKey(tenant: tenant, stream: stream), in: log)
                }
                last = end
            }
            try await log.shrink()
        }
    }
}
