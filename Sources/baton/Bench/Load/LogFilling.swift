import BatonCore
import BatonLog
import Foundation

/// Fills logs straight through the engine, and looks into them when a server has stopped.
enum LogFilling {
    /// The tenant of the development token.
    static func tenant() throws -> TenantID { try TenantID(DevelopmentKey.tenantName) }

    /// Opens the log of a folder, hands it to `body`, and closes it.
    static func with<Result>(
        _ folder: String, _ body: (SQLiteLog) async throws -> Result
    ) async throws -> Result {
        let log = try SQLiteLog.open(directory: folder)
        do {
            let result = try await body(log)
            await log.close()
            return result
        } catch {
            await log.close()
            throw error
        }
    }

    /// Appends `events` of a history to each of the streams, `push` events at a time, as one device
    /// of each stream would have pushed them; many streams at once, so that they share commits.
    static func fill(
        _ log: SQLiteLog, streams: [String], history: any EventHistory, events: Int, push: Int
    ) async throws {
        let tenant = try tenant()
        var pushes: [AppendRequest] = []
        for start in stride(from: 0, to: events, by: push) {
            let body = try history.frames(start..<min(start + push, events))
            let frames = EventFrames.scan(body) ?? []
            pushes.append(
                AppendRequest(
                    replica: replica, firstCounter: Counter(rawValue: UInt64(start + 1)),
                    body: body,
                    entries: frames.map { .init(length: $0.range.count, seen: .start) },
                    receivedAt: WallClock.now()))
        }
        let requests = pushes
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for name in streams {
                let key = StreamKey(tenant: tenant, stream: try StreamID(name))
                if running == 256 {
                    try await group.next()
                    running -= 1
                }
                group.addTask {
                    for request in requests {
                        let result = try await log.append(request, to: key)
                        guard
                            result.verdicts.allSatisfy({
                                if case .accepted = $0 { true } else { false }
                            })
                        else { throw CommandFailure("stream \(key.stream) holds events already") }
                    }
                }
                running += 1
            }
            try await group.waitForAll()
        }
    }

    /// Who writes what is filled in.
    static let replica = ReplicaID(high: 0xF111, low: 1)

    /// How many events the log of a folder holds or has held.
    static func events(in folder: String) async throws -> UInt64 {
        try await with(folder) { log in
            let tenant = try tenant()
            var (sum, last): (UInt64, StreamID?) = (0, nil)
            while true {
                let page = try await log.streams(of: tenant, after: last, limit: 1_000)
                for stream in page { sum += stream.head.rawValue }
                guard let end = page.last?.stream else { return sum }
                last = end
            }
        }
    }

    /// Bytes of all files of a folder.
    static func bytes(in folder: String) throws -> Int {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try files.attributesOfItem(atPath: folder + "/" + name)
            return sum + ((attributes[.size] as? Int) ?? 0)
        }
    }
}
