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
            try await first.store(snapshot, as: .base, for: stream)
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
            for file in try FileManager.default.contentsOfDirectory(atPath: directory)
            where file.hasSuffix(".db") || file.hasSuffix("-wal") {
                try FileManager.default.copyItem(
                    atPath: "\(directory)/\(file)", toPath: "\(copy)/\(file)")
            }
            await first.close()
            let second = try SQLiteLog.open(directory: copy)
            #expect(try await second.entries(of: stream).map(\.content) == ["a", "b"])
            await second.close()
        }
    }

    @Test func `What the rows do not say yet is read from the chunks`() async throws {
        try await withDirectory { directory in
            let stream = try key("cust-1")
            let every = UInt64(WrittenStream.chunksASave)
            for length in [1, every - 1, every, every + 1] {
                let place = "\(directory)/\(length)"
                let first = try SQLiteLog.open(directory: place)
                for counter in 1...length {
                    try await first.push(phone, from: counter, ["p"], to: stream)
                    try await first.push(kiosk, from: counter, ["k"], to: stream)
                }
                let head = try await first.head(of: stream)
                await first.close()
                let second = try SQLiteLog.open(directory: place)
                #expect(try await second.head(of: stream) == head)
                let vector = try await second.vector(of: stream, at: head.offset)
                #expect(vector?.counters.values.map(\.rawValue) == [length, length])
                let streams = try await second.streams(of: stream.tenant, after: nil, limit: 1)
                #expect(streams.map(\.head) == [head.offset])
                #expect(streams.map(\.updatedAt) == [1_000])
                #expect(
                    try await second.push(phone, from: length, ["p", "new"], to: stream).short
                        == ["duplicate \(2 * length - 1)", "accepted \(2 * length + 1)"])
                #expect(try await second.check(stream) == nil)
                await second.close()
            }
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

    @Test(arguments: [0, -1, Int(Int32.min)])
    func `A layout that there never was is damage`(layout: Int) async throws {
        try await withDirectory { directory in
            await (try SQLiteLog.open(directory: directory)).close()
            try run("PRAGMA user_version = \(layout)", in: directory)
            #expect(failure(opening: directory)?.code == .corrupt)
            #expect(failure(opening: directory)?.message.contains("layout \(layout)") == true)
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
                INSERT INTO stream VALUES (1, 1, 'cust-1', 4, 0, zeroblob(32), zeroblob(32), 7);
                INSERT INTO replica VALUES (1, 1, 1, x'\(phone)', 3, 0);
                INSERT INTO replica VALUES (2, 1, 1, x'\(kiosk)', 1, 0);
                INSERT INTO chunk VALUES
                    (1, 1, 1, 1, 2, 1, 1, 5, zeroblob(32), x'220161220162'),
                    (2, 1, 1, 3, 1, 2, 1, 6, zeroblob(32), x'220178'),
                    (3, 1, 1, 4, 1, 1, 3, 7, zeroblob(32), x'220163');
                INSERT INTO snapshot VALUES (1, 1, 2, zeroblob(32), x'01');
                """)
            old.close()
            let log = try SQLiteLog.open(directory: directory)
            #expect(log.identity.epoch == "0123456789abcdef")
            let streams = try await log.streams(of: TenantID("acme"), after: nil, limit: 9)
            #expect(streams.map(\.updatedAt) == [7])
            let stream = try key("cust-1")
            #expect(try await log.head(of: stream).movedTo == nil)
            #expect(
                try await log.push(phone, from: 1, ["a", "b", "c", "d"], to: stream).short
                    == ["duplicate 1", "duplicate 2", "duplicate 4", "accepted 5"])
            #expect(
                try await log.push(kiosk, from: 1, ["?"], to: stream).short == ["replica-cloned"])
            #expect(try await log.entries(of: stream).map(\.content) == ["a", "b", "x", "c", "d"])
            #expect(try await log.snapshot(of: stream)?.offset == Offset(rawValue: 2))
            await log.close()
            #expect(try SQLiteLog.files(in: directory) == [directory + "/baton.db"])
        }
    }

    @Test func `A file of several that is missing or of another log is named, not made anew`()
        async throws
    {
        try await withDirectory { directory in
            var options = SQLiteLog.Options()
            options.files = 3
            let log = try SQLiteLog.open(directory: directory, options: options)
            for index in 0..<20 { try await log.push(phone, from: 1, ["a"], to: key("c-\(index)")) }
            await log.close()
            let files = try SQLiteLog.files(in: directory)
            #expect(files.count == 3)
            let other = directory + "/other"
            await (try SQLiteLog.open(directory: other, options: options)).close()
            let aside = directory + "/aside"
            for file in files {
                try FileManager.default.moveItem(atPath: file, toPath: aside)
                let missing = failure(opening: directory)
                #expect(missing?.code == .corrupt, "without \(file)")
                if file != files[0] {
                    let foreign = other + "/" + URL(filePath: file).lastPathComponent
                    try FileManager.default.copyItem(atPath: foreign, toPath: file)
                    #expect(failure(opening: directory)?.message.contains("another log") == true)
                }
                try? FileManager.default.removeItem(atPath: file)
                try FileManager.default.moveItem(atPath: aside, toPath: file)
            }
            let again = try SQLiteLog.open(directory: directory)
            let streams = try await again.streams(of: TenantID("acme"), after: nil, limit: 99)
            #expect(streams.count == 20)
            await again.close()
        }
    }

    @Test func `A stream lies in the same file for good`() throws {
        let set = FileSet(directory: "/log", count: 4)
        let places: [Int] = try (0..<8).map { set.index(of: try key("cust-\($0)")) }
        #expect(places == [1, 2, 3, 0, 1, 2, 3, 0])
        #expect(
            set.paths == ["/log/baton.db", "/log/baton-1.db", "/log/baton-2.db", "/log/baton-3.db"])
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

/// Runs statements on each of a log's files beside the log.
func run(_ sql: String, in directory: String) throws {
    for path in try SQLiteLog.files(in: directory) {
        let connection = try Connection(path: path, access: .write)
        defer { connection.close() }
        try connection.run(sql)
    }
}
