import ArgumentParser
import BatonCore
import BatonLog

/// `baton inspect streams`.
struct InspectStreams: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams", abstract: "List the streams of a tenant.",
        discussion: "Example:\n  baton inspect streams --data ./data --limit 20")

    @OptionGroup var options: InspectOptions

    @Option(help: ArgumentHelp("List those after this one.", valueName: "stream"))
    var after: String?

    @Option(help: "List at most so many.")
    var limit = 100

    private struct Line: Encodable {
        let stream: String
        let head: UInt64
        let horizon: UInt64
        let replicas: Int
        let updatedAt: String
    }

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit is from 1 to 100000")
        }
    }

    func run() async throws {
        let log = try options.open()
        let tenant = try TenantID(options.tenant)
        let summaries = try await log.streams(
            of: tenant, after: after.map { try StreamID($0) }, limit: limit)
        await log.close()
        let lines = summaries.map {
            Line(
                stream: $0.stream.description, head: $0.head.rawValue, horizon: $0.horizon.rawValue,
                replicas: $0.replicas, updatedAt: InstantFormat.text(milliseconds: $0.updatedAt))
        }
        if options.json {
            try Output.tell(json: lines)
            return
        }
        Output.tell(
            Output.table(
                ["stream", "events", "horizon", "replicas", "last event"],
                lines.map {
                    [$0.stream, "\($0.head)", "\($0.horizon)", "\($0.replicas)", $0.updatedAt]
                }))
        if lines.count == limit, let last = lines.last {
            Output.tell("… more: --after \(last.stream)")
        }
    }
}
