import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Foundation
import Synchronization

/// The files of a small log, to be damaged.
enum LogFiles {
    /// What lies in the log's folder, by name.
    typealias Folder = [String: [UInt8]]

    /// The name of a log's file, and of what SQLite lays beside it while it is open.
    static let database = SQLiteLog.fileName
    static let writeAhead = SQLiteLog.fileName + "-wal"

    private static let made = Mutex<(open: Folder, closed: Folder)?>(nil)

    /// The log as its server leaves it when it is killed, and when it ends. Made once.
    static func folders() async throws -> (open: Folder, closed: Folder) {
        if let made = made.withLock({ $0 }) { return made }
        let folders = try await inFolder([:]) { path in
            let log = try await openLog(in: path)
            try await fill(log)
            let open = try contents(of: path, [database, writeAhead])
            await log.close()
            return (open, try contents(of: path, [database]))
        }
        made.withLock { $0 = folders }
        return folders
    }

    /// Opens the log in a folder, with the fewest threads that it can do with.
    static func openLog(in path: String) async throws -> SQLiteLog {
        var options = SQLiteLog.Options()
        options.files = 1
        options.readers = 1
        return try SQLiteLog.open(directory: path, options: options)
    }

    /// Calls `body` with a folder that holds these files, and that is gone afterwards.
    static func inFolder<Result>(
        _ folder: Folder, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let files = FileManager.default
        let path = files.temporaryDirectory.appendingPathComponent("baton-fuzz-\(UUID())").path
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: path) }
        for (name, bytes) in folder {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        return try await body(path)
    }

    private static func contents(of path: String, _ names: [String]) throws -> Folder {
        var folder: Folder = [:]
        for name in names {
            folder[name] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
        }
        return folder
    }

    private static func fill(_ log: SQLiteLog) async throws {
        let key = try Samples.stream()
        var state = StreamState()
        for event in try Samples.pushed() {
            var body: [UInt8] = []
            EventFrames.append(event.encoded, to: &body)
            let entry = AppendRequest.Entry(length: body.count, seen: .start)
            let request = AppendRequest(
                replica: event.dot.replica, firstCounter: event.dot.counter, body: body,
                entries: [entry], receivedAt: 1_770_000_000_000)
            _ = try await log.append(request, to: key)
            state.apply(.event(event), at: state.offset.next, schemas: BuiltinSchemas.all)
            if state.offset.rawValue == 2 {
                let snapshot = StoredSnapshot(
                    offset: state.offset, body: Protobuf.encode(state.message),
                    stateHash: StateHash(of: state).bytes)
                try await log.store(snapshot, as: .base, for: key)
                _ = try await log.compact(key, through: Offset(rawValue: 1))
            }
        }
    }

    /// All that a server reads of the log's stream.
    static func read(_ path: String) async throws -> LogSlice {
        let log = try await openLog(in: path)
        let key = try Samples.stream()
        do {
            let head = try await log.head(of: key)
            _ = try await log.vector(of: key, at: head.offset)
            for kind in SnapshotKind.allCases { _ = try await log.snapshot(of: key, kind) }
            let slice = try await log.read(
                key, after: head.horizon, limit: ReadLimit(events: 100, bytes: 1 << 20))
            for chunk in slice.chunks { _ = try ChunkEntries.read(chunk) }
            await log.close()
            return slice
        } catch {
            await log.close()
            throw error
        }
    }
}
