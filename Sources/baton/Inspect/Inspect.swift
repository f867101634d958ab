import ArgumentParser
import BatonCore
import BatonLog
import Foundation

/// `baton inspect`: looks into a log, also beside a live server.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into a log: its streams, a stream's events, an entity and how it merged.",
        discussion: """
            Works beside a live server. Examples:
              baton inspect streams --data ./data
              baton inspect events cust-1 --data ./data
              baton inspect entity cust-1 cart/main --data ./data
            """,
        subcommands: [InspectStreams.self, InspectEvents.self, InspectEntity.self])
}

/// What every look into a log needs.
struct InspectOptions: ParsableArguments {
    @Option(help: "The folder that holds the log.")
    var data = "data"

    @Option(help: ArgumentHelp("Whose streams.", valueName: "name"))
    var tenant = DevelopmentKey.tenantName

    @Flag(help: "Print JSON.")
    var json = false

    /// Opens the log, which must be there.
    func open() throws -> SQLiteLog {
        guard FileManager.default.fileExists(atPath: "\(data)/\(SQLiteLog.fileName)") else {
            throw CommandFailure("there is no log in \(data): name its folder with --data")
        }
        return try SQLiteLog.open(directory: data)
    }

    /// The key of a stream of the tenant.
    func key(_ stream: String) throws -> StreamKey {
        try StreamKey(tenant: TenantID(tenant), stream: StreamID(stream))
    }
}

extension StreamKey {
    /// The failure that names a stream which has no events.
    func missing() -> CommandFailure {
        CommandFailure("tenant \(tenant) has no stream \(stream); baton inspect streams lists them")
    }
}
