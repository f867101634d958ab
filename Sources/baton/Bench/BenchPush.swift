import ArgumentParser
import BatonCore

/// `baton bench push`: durable pushes beside raw SQLite and an empty request.
struct BenchPush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Measure durable pushes: events accepted a second, p50 and p99.",
        discussion: """
            A server of its own, in another process and a temporary folder, is pushed to over
            keep-alive connections, each to a stream of its own. Beside it, in the same run:
            raw SQLite inserts of the same bytes (C API, a row an event, 1,000 rows a transaction,
            synchronous=FULL), a bare file, one fsync, and an empty POST through the same HTTP stack.

            Example:
              baton bench push --connections 64 --events 20 --events 1
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "Connections at once.")
    var connections: Int?

    @Option(help: "Events of each push; several times for several measurements. 20 and 1.")
    var events: [Int] = []

    func validate() throws {
        guard (1...1_000).contains(connections ?? 1) else {
            throw ValidationError("--connections is from 1 to 1000")
        }
        guard events.allSatisfy((1...ProtocolLimits.eventsPerPush).contains) else {
            throw ValidationError("--events is from 1 to \(ProtocolLimits.eventsPerPush)")
        }
        guard Set(events).count == events.count else {
            throw ValidationError("give each number of --events once")
        }
    }

    func run() async throws {
        try await options.report(
            (events.isEmpty ? [20, 1] : events).map {
                PushMeasurement(
                    scale: options.scale, connections: connections ?? options.scale.connections,
                    events: $0)
            })
    }
}
