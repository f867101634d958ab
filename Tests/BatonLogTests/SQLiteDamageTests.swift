import BatonCore
import Foundation
import Testing

@testable import BatonLog

/// What a damaged file does not hold any more is not passed over in silence.
struct SQLiteDamageTests {
    @Test(arguments: [
        ("DELETE FROM chunk WHERE offset = 3 AND stream =", [0, 1, 2]),
        ("DELETE FROM chunk WHERE offset = 1 AND stream =", [0, 1]),
        ("UPDATE stream SET saved = 9 WHERE id =", [5, 6]),
        ("UPDATE chunk SET body = x'220163220165' WHERE offset = 3 AND stream =", [2, 3]),
    ])
    func `A read that would leave out entries, or serve changed ones, fails`(
        damage: String, cursors: [UInt64]
    ) async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            let other = try key("cust-2")
            for start in [1, 3, 5] as [UInt64] {
                try await log.push(phone, from: start, ["a", "b"], to: stream)
            }
            try await log.push(phone, from: 1, ["a"], to: other)
            let limit = ReadLimit(events: 100, bytes: 1 << 20)
            for cursor in cursors {
                _ = try await log.read(stream, after: Offset(rawValue: cursor), limit: limit)
            }
            try run(
                damage + " (SELECT id FROM stream WHERE name = 'cust-1')", in: directory)
            for cursor in cursors {
                let failure = await #expect(throws: LogFailure.self) {
                    try await log.read(stream, after: Offset(rawValue: cursor), limit: limit)
                }
                #expect(failure?.code == .corrupt)
            }
            #expect(try await log.read(other, after: .start, limit: limit).chunks.count == 1)
            await log.close()
        }
    }

    @Test func `A name that a table or an index has lost is found before anything is served`()
        async throws
    {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            try await log.push(phone, from: 1, ["a"], to: key("cust-1"))
            try await log.push(phone, from: 1, ["a"], to: key("cust-2"))
            try await log.checkNames()
            await log.close()
            var places = 0
            for path in try SQLiteLog.files(in: directory) {
                let sound = try Data(contentsOf: URL(fileURLWithPath: path))
                var from = sound.startIndex
                while let name = sound.range(of: Data("cust-1".utf8), in: from..<sound.endIndex) {
                    var damaged = sound
                    damaged[name.lowerBound] = UInt8(ascii: "b")
                    try damaged.write(to: URL(fileURLWithPath: path))
                    let log = try SQLiteLog.open(directory: directory)
                    let failure = await #expect(throws: LogFailure.self) {
                        try await log.checkNames()
                    }
                    #expect(failure?.code == .corrupt)
                    await log.close()
                    places += 1
                    from = name.upperBound
                }
                try sound.write(to: URL(fileURLWithPath: path))
            }
            #expect(places >= 2)
        }
    }

    @Test(arguments: [
        "DELETE FROM chunk WHERE offset = 3", "UPDATE stream SET saved = 9 WHERE id",
        "UPDATE chunk SET body = x'220163220165' WHERE offset = 5",
    ])
    func `The end of a stream that is not what was written is told of at the start`(
        damage: String
    ) async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            for start in [1, 3, 5] as [UInt64] {
                try await log.push(phone, from: start, ["a", "b"], to: stream)
            }
            try await log.push(phone, from: 1, ["a"], to: key("cust-2"))
            #expect(try await log.checkTails().isEmpty)
            // In the file of this stream; another may lie in a file of its own.
            let column = damage.hasSuffix("WHERE id") ? "" : " AND stream"
            try run(
                damage + column + " = (SELECT id FROM stream WHERE name = 'cust-1')", in: directory)
            let findings = try await log.checkTails()
            #expect(findings.count == 1)
            #expect(findings.first?.contains("stream cust-1: ") == true, "\(findings)")
            await log.close()
        }
    }

    @Test func `A read within its limit needs nothing of what comes after`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            for start in [1, 3, 5] as [UInt64] {
                try await log.push(phone, from: start, ["a", "b"], to: stream)
            }
            try run("DELETE FROM chunk WHERE offset = 5", in: directory)
            let slice = try await log.read(
                stream, after: Offset(rawValue: 1), limit: ReadLimit(events: 2, bytes: 1 << 20))
            #expect(slice.chunks.map(\.offset.rawValue) == [2, 3])
            await log.close()
        }
    }
}
