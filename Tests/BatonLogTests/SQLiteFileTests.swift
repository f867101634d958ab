import BatonCore
import Foundation
import Testing

@testable import BatonLog

/// The file: opening it, opening it again, and what is refused.
struct SQLiteFileTests {
    @Test func `A log that is opened again holds everything`() async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let name = IdempotencyKey(key: "k", digest: digest("request"))
            let snapshot = StoredSnapshot(
                offset: Offset(rawValue: 2), body: [1, 2], stateHash: [3])
            let bad = Sample(content: "c", void: .schemaViolation)

            let first = try SQLiteLog.open(directory: directory)
            try await first.push(phone, from: 1, ["a", "b"], to: stream)
            try await first.push(phone, from: 3, [bad, "d"], to: stream)
            _ = try await first.append(push(till, from: nil, ["t"], key: name), to: stream)
            try await first.store(snapshot, for: stream)
            _ = try await first.compact(stream, through: Offset(rawValue: 2))
            let entries = try await first.entries(of: stream, after: 2)
            let head = try await first.head(of: stream)
            await first.close()

            let second = try SQLiteLog.open(directory: directory)
            #expect(second.identity == first.identity)
            #expect(try await second.entries(of: stream, after: 2) == entries)
            #expect(entries.count == 3)
            #expect(try await second.head(of: stream) == head)
            #expect(try await second.snapshot(of: stream) == snapshot)
            let retry = try await second.push(phone, from: 1, ["a", "b", bad, "d"], to: stream)
            #expect(
                retry.short == ["duplicate 0", "duplicate 0", "schema-violation 3", "duplicate 4"])
            let keyed = try await second.append(push(till, from: nil, ["t"], key: name), to: stream)
            #expect(keyed.verdicts.short == ["duplicate 5"])
            #expect(
                try await second.push(phone, from: 5, ["e"], to: stream).short == ["accepted 6"])
            await second.close()
        }
    }

    @Test func `A log that was not closed holds everything too`() async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let first = try SQLiteLog.open(directory: directory)
            try await first.push(phone, from: 1, ["a", "b"], to: stream)
            // Copied while it is open, as a power cut would leave it.
            let copy = directory + "/copy"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: true)
            for file in ["baton.db", "baton.db-wal"] {
                try FileManager.default.copyItem(
                    atPath: "\(directory)/\(file)", toPath: "\(copy)/\(file)")
            }
            await first.close()
            let second = try SQLiteLog.open(directory: copy)
            #expect(try await second.entries(of: stream).map(\.content) == ["a", "b"])
            await second.close()
        }
    }

    @Test func `Every log is another one`() async throws {
        try await withDirectory { directory in
            let one = try SQLiteLog.open(directory: directory + "/one/deep")
            let two = try SQLiteLog.open(directory: directory + "/two")
            #expect(one.identity.epoch != two.identity.epoch)
            #expect(one.identity.epoch.count == 16)
            #expect(one.identity.replica != two.identity.replica)
            await one.close()
            await two.close()
        }
    }

    @Test func `A newer layout is refused and left alone`() async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory)).close()
            try run("PRAGMA user_version = 99", in: directory)
            #expect(failure(opening: directory)?.code == .newerFormat)
            #expect(failure(opening: directory)?.message.contains("layout 99") == true)
            try run("PRAGMA user_version = \(Layout.steps.count)", in: directory)
            await (try SQLiteLog.open(directory: directory)).close()
        }
    }

    @Test func `A log of the first layout opens with all that it holds`() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            let old = try Connection(path: directory + "/baton.db", access: .create)
            try old.run(Layout.steps[0])
            try old.run(
                """
                PRAGMA application_id = \(Layout.applicationID); PRAGMA user_version = 1;
                INSERT INTO meta VALUES ('epoch', '0123456789abcdef'), ('replica', '\(till)');
                INSERT INTO tenant VALUES (1, 'acme');
                INSERT INTO stream VALUES (1, 1, 'cust-1', 0, 0, zeroblob(32), zeroblob(32), 7);
                """)
            old.close()
            let log = try SQLiteLog.open(directory: directory)
            #expect(log.identity.epoch == "0123456789abcdef")
            let streams = try await log.streams(of: TenantID("acme"), after: nil, limit: 9)
            #expect(streams.map(\.updatedAt) == [7])
            let stream = try key("cust-1")
            #expect(try await log.head(of: stream).movedTo == nil)
            #expect(try await log.push(phone, from: 1, ["a"], to: stream).short == ["accepted 1"])
            await log.close()
        }
    }

    @Test func `A file of something else is refused and left alone`() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            let path = directory + "/baton.db"
            let garbage = Data((0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
            try garbage.write(to: URL(filePath: path))
            #expect(failure(opening: directory)?.code == .corrupt)
            #expect(try Data(contentsOf: URL(filePath: path)) == garbage)

            try FileManager.default.removeItem(atPath: path)
            let other = try Connection(path: path, access: .create)
            try other.run("CREATE TABLE contacts (name TEXT)")
            other.close()
            #expect(failure(opening: directory)?.code == .corrupt)
            #expect(failure(opening: directory)?.message.contains("another program") == true)
        }
    }

    @Test func `A directory that cannot be made is a failure of the disk`() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            let file = directory + "/file"
            try Data([1]).write(to: URL(filePath: file))
            #expect(failure(opening: file + "/log")?.code == .inputOutput)
        }
    }

    @Test func `Every query on the hot paths is served by an index`() async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory)).close()
            let connection = try Connection(path: directory + "/baton.db", access: .read)
            defer { connection.close() }
            let plain: Set<Query> = [.beginReading, .beginWriting, .commit, .dataVersion]
            for query in Query.allCases where !plain.contains(query) {
                var steps: [String] = []
                try connection.rows("EXPLAIN QUERY PLAN " + query.sql) { steps.append($0.text(3)) }
                let isInsert = query.sql.hasPrefix("INSERT")
                #expect(isInsert || !steps.isEmpty, "\(query)")
                let bad = steps.filter { $0.hasPrefix("SCAN") && $0 != "SCAN CONSTANT ROW" }
                #expect(bad.isEmpty, "\(query)")
                #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(query): \(steps)")
            }
        }
    }
}

/// How opening the log fails, if it does.
private func failure(opening directory: String) -> LogFailure? {
    do throws(LogFailure) {
        _ = try SQLiteLog.open(directory: directory)
        return nil
    } catch {
        return error
    }
}

/// Runs statements on a log's file beside the log.
func run(_ sql: String, in directory: String) throws {
    let connection = try Connection(path: directory + "/baton.db", access: .write)
    defer { connection.close() }
    try connection.run(sql)
}
