import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonLog
@testable import BatonServer

/// What `baton verify --repair` mends, and that it changes nothing without proof.
@Suite(.serialized) struct RepairTests {
    /// Damage, and whether it can be mended without and with a backup.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        /// Whether what is left in the file proves what stood there.
        let isMendedAlone: Bool

        init(_ name: String, _ sql: String, alone: Bool) {
            testDescription = name
            self.sql = sql
            isMendedAlone = alone
        }
    }

    @Test(arguments: [
        Damage("entries", "UPDATE chunk SET body = x'2203010203' WHERE offset = 12", alone: false),
        Damage("a time", "UPDATE chunk SET received_at = 7 WHERE offset = 12", alone: false),
        Damage("a missing row", "DELETE FROM chunk WHERE offset = 9", alone: false),
        Damage("a hash", "UPDATE chunk SET chain = zeroblob(32) WHERE offset = 9", alone: false),
        Damage("a name", "UPDATE stream SET name = 'cust-3' WHERE name = 'cust-2'", alone: false),
        Damage("a tenant", "UPDATE tenant SET name = 'acma'", alone: false),
        Damage("how far a stream is saved", "UPDATE stream SET saved = saved + 1", alone: true),
        Damage("a horizon", "UPDATE stream SET horizon = 3 WHERE horizon > 0", alone: true),
        Damage("a stream's hash", "UPDATE stream SET chain = zeroblob(32)", alone: true),
        Damage("a replica's counter", "UPDATE replica SET counter = counter + 9", alone: true),
        Damage(
            "a replica's id", "UPDATE replica SET replica = zeroblob(16) WHERE id = 1", alone: false
        ),
        Damage("a refusal's reason", "UPDATE void SET reason = 'because'", alone: true),
        Damage("an idempotency key", "UPDATE idempotency SET digest = x'00'", alone: false),
        Damage(
            "a latest snapshot", "UPDATE snapshot SET body = x'00' WHERE kind = 0", alone: true),
        Damage("a base", "UPDATE snapshot SET body = x'00' WHERE kind = 1", alone: true),
        Damage("two columns", "UPDATE void SET reason = 'because', digest = x'00'", alone: true),
        Damage("a sum", "UPDATE chunk SET sum = 1 WHERE offset = 9", alone: false),
    ])
    func `Damage is mended where something proves what stood there`(damage: Damage) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        let backup = sample.home + "/../\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        _ = try await LogBackup(of: sample.home).make(at: backup, now: 0)
        let whole = try await sample.entries()
        try sample.run(damage.sql)
        let damaged = try await sample.survey.report()
        #expect(!damaged.isSound)

        let before = try sample.bytes()
        try await sample.mend(damaged, from: [], isRehearsal: true)
        #expect(try sample.bytes() == before)
        _ = try await sample.repair(from: [])
        let report = try await sample.survey.report()
        #expect(report.isSound == damage.isMendedAlone, "\(report.findings)")
        if !report.isSound {
            let deeds = try await sample.repair(from: [], backup: backup)
            #expect(!deeds.isEmpty)
            let after = try await sample.survey.report()
            #expect(after.isSound, "\(after.findings) after \(deeds)")
        }
        #expect(try await sample.entries() == whole)
    }

    @Test func `An index is made anew from its rows`() async throws {
        let sample = try SampleLog()
        try await sample.fill()
        // The last byte of the index's first page is the row that its first cell leads to.
        let page = try #require(try sample.roots(of: "sqlite_autoindex_chunk_1").first)
        let file = URL(fileURLWithPath: sample.home + "/baton.db")
        var bytes = try sample.bytes()
        bytes[page * 4_096 - 1] ^= 1
        try bytes.write(to: file)
        #expect(try await !sample.isSound())
        _ = try await LogRepair(of: sample.home).run()
        #expect(try await sample.isSound())
    }

    @Test func `A backup of another log, or a damaged one, mends nothing`() async throws {
        let sample = try SampleLog()
        try await sample.fill()
        let other = try SampleLog()
        try await other.fill()
        let backup = other.home + "/backup"
        _ = try await LogBackup(of: other.home).make(at: backup, now: 0)
        try sample.run("UPDATE chunk SET received_at = 7 WHERE offset = 12")
        let before = try sample.bytes()
        await #expect(throws: LogFailure.self) {
            try await LogRepair(of: sample.home, from: backup).run()
        }
        #expect(try sample.bytes() == before)
    }
}
