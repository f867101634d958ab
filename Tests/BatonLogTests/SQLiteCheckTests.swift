import BatonCore
import Testing

@testable import BatonLog

/// L6: a changed, dropped or reordered entry is found, and where.
struct SQLiteCheckTests {
    @Test(arguments: [
        Damage(
            "a flipped bit of content", "UPDATE chunk SET body = x'220163220165' WHERE offset = 3",
            3),
        Damage("a broken frame", "UPDATE chunk SET body = x'2205' WHERE offset = 3", 3),
        Damage("a flipped hash", "UPDATE chunk SET chain = zeroblob(32) WHERE offset = 5", 5),
        Damage("a dropped chunk", "DELETE FROM chunk WHERE offset = 3", 3),
        Damage("a dropped first chunk", "DELETE FROM chunk WHERE offset = 1", 1),
        Damage("a dropped chunk of those last saved", "DELETE FROM chunk WHERE offset = 32", 32),
        Damage("another writer", "UPDATE chunk SET replica = 2 WHERE offset = 3", 3),
        Damage("another counter", "UPDATE chunk SET counter = 9 WHERE offset = 6", 6),
        Damage("a negative count", "UPDATE chunk SET count = -1 WHERE offset = 3", 3),
        Damage(
            "swapped entries",
            """
            UPDATE chunk SET body = x'220162220161' WHERE offset = 1
            """, 1),
        Damage("rows that say to be saved further", "UPDATE stream SET saved = 30", 30),
        Damage("a head too far", "UPDATE stream SET saved = 99", 39),
        Damage("another vector", "UPDATE replica SET counter = 7 WHERE id = 2", 5),
        Damage("a lost replica", "DELETE FROM replica WHERE id = 2", 5),
    ])
    func `Damage is found where it lies`(damage: Damage) async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            try await log.push(phone, from: 1, ["a", "b"], to: stream)
            try await log.push(phone, from: 3, ["c", "d"], to: stream)
            try await log.push(kiosk, from: 1, ["x"], to: stream)
            try await log.push(phone, from: 5, ["e"], to: stream)
            // Rows are saved every so many chunks; what came since is told by the chunks alone.
            for counter in 6..<6 + UInt64(WrittenStream.chunksASave) {
                try await log.push(phone, from: counter, ["f"], to: stream)
            }
            #expect(try await log.check(stream) == nil)
            try run(damage.sql, in: directory)
            let finding = try await log.check(stream)
            #expect(
                finding?.offset.rawValue == damage.offset, "\(finding?.description ?? "nothing")")
            await log.close()
        }
    }

    @Test func `A compacted log is checked from its horizon`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let stream = try key("cust-1")
            for counter in 1...600 as ClosedRange<UInt64> {
                try await log.push(phone, from: counter, ["a"], to: stream)
            }
            #expect(try await log.check(stream) == nil)
            try await log.store(
                StoredSnapshot(offset: Offset(rawValue: 5), body: [1], stateHash: [2]), as: .base,
                for: stream)
            _ = try await log.compact(stream, through: Offset(rawValue: 5))
            #expect(try await log.check(stream) == nil)
            try run("UPDATE chunk SET body = x'220162' WHERE offset = 590", in: directory)
            #expect(try await log.check(stream)?.offset == Offset(rawValue: 590))
            #expect(try await log.check(key("nobody")) == nil)
            await log.close()
        }
    }

    @Test func `Damage of one stream leaves the others alone`() async throws {
        try await withDirectory { directory in
            let log = try SQLiteLog.open(directory: directory)
            let damaged = try key("cust-1")
            let sound = try key("cust-2")
            try await log.push(phone, from: 1, ["a"], to: damaged)
            try run("UPDATE chunk SET body = x'2205'", in: directory)
            async let bad = log.append(push(phone, from: 1, ["a"]), to: damaged)
            async let good = log.append(push(phone, from: 1, ["a"]), to: sound)
            #expect(try await good.verdicts.short == ["accepted 1"])
            do {
                _ = try await bad
                Issue.record("the damage was not noticed")
            } catch let failure as LogFailure {
                #expect(failure.code == .corrupt)
            }
            await log.close()
        }
    }

    /// What is done to the file, and the first offset that is wrong then.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        let offset: UInt64

        init(_ name: String, _ sql: String, _ offset: UInt64) {
            testDescription = name
            self.sql = sql
            self.offset = offset
        }
    }
}
