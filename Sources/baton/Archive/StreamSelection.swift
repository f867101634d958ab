import ArgumentParser
import BatonCore
import BatonLog
import Foundation

/// Which log a command works on, and which of its streams.
struct StreamSelection: ParsableArguments {
    @Argument(help: "The stream; all of them where none is named.")
    var stream: String?

    @Option(help: "The folder that holds the log.")
    var data = "data"

    @Option(
        help: ArgumentHelp(
            "Whose streams; all tenants' where none is named, \(DevelopmentKey.tenantName) for a "
                + "single stream.", valueName: "name"))
    var tenant: String?

    func validate() throws {
        do {
            if let tenant { _ = try TenantID(tenant) }
            if let stream { _ = try StreamID(stream) }
        } catch { throw ValidationError("\(error)") }
    }

    /// Opens the log, which must be there.
    func open(options: SQLiteLog.Options = SQLiteLog.Options()) throws -> SQLiteLog {
        guard FileManager.default.fileExists(atPath: "\(data)/\(SQLiteLog.fileName)") else {
            throw CommandFailure("there is no log in \(data): name its folder with --data")
        }
        return try SQLiteLog.open(directory: data, options: options)
    }

    /// The one stream that was named, if one was.
    var single: StreamKey? {
        get throws {
            guard let stream else { return nil }
            return StreamKey(
                tenant: try TenantID(tenant ?? DevelopmentKey.tenantName),
                stream: try StreamID(stream))
        }
    }

    /// Calls `body` with each stream that was chosen, by tenant and name; pages through them, so that
    /// memory does not grow with their number.
    func each(in log: SQLiteLog, _ body: (StreamKey) async throws -> Void) async throws {
        if let single = try single {
            guard try await log.head(of: single).offset > .start else { throw single.missing() }
            try await body(single)
            return
        }
        var after: TenantID?
        while true {
            let tenants =
                if let tenant {
                    after == nil ? [try TenantID(tenant)] : []
                } else {
                    try await log.tenants(after: after, limit: Self.page)
                }
            guard let last = tenants.last else { return }
            for tenant in tenants { try await eachStream(of: tenant, in: log, body) }
            after = last
        }
    }

    private static let page = 1_000

    private func eachStream(
        of tenant: TenantID, in log: SQLiteLog, _ body: (StreamKey) async throws -> Void
    ) async throws {
        var after: StreamID?
        while true {
            let streams = try await log.streams(of: tenant, after: after, limit: Self.page)
            guard let last = streams.last else { return }
            for summary in streams {
                try await body(StreamKey(tenant: tenant, stream: summary.stream))
            }
            after = last.stream
        }
    }

    /// How many streams were chosen, for a progress bar.
    func count(in log: SQLiteLog) async throws -> Int {
        var count = 0
        try await each(in: log) { _ in count += 1 }
        return count
    }
}
