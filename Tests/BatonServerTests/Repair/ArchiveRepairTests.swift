import BatonArchive
import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonLog
@testable import BatonServer

/// What `baton verify --repair --archive` brings back, and that nothing is taken from an archive
/// that the log's chain does not bear out.
@Suite(.serialized) struct ArchiveRepairTests {
    @Test(arguments: [
        "UPDATE chunk SET body = x'2203010203' WHERE offset = 12",
        "UPDATE chunk SET received_at = 7 WHERE offset = 12",
        "DELETE FROM chunk WHERE offset = 9",
        "DELETE FROM chunk WHERE offset BETWEEN 7 AND 11",
        "UPDATE chunk SET chain = zeroblob(32) WHERE offset = 9",
        "UPDATE chunk SET chain = zeroblob(32), body = x'00', received_at = 1 WHERE offset = 10",
        "UPDATE chunk SET offset = offset + 90 WHERE offset = 10",
        "UPDATE chunk SET stream = 3 - stream WHERE offset = 3",
        "UPDATE chunk SET sum = 1 WHERE offset = 9",
        "UPDATE chunk SET body = x'00' WHERE offset = (SELECT max(offset) FROM chunk)",
        "UPDATE chunk SET body = x'00'",
        "UPDATE stream SET name = 'cust-3' WHERE name = 'cust-2'",
        "UPDATE tenant SET name = 'acma'",
        "UPDATE stream SET horizon_chain = x'01'",
        "UPDATE replica SET replica = zeroblob(16) WHERE id = 1",
        "UPDATE void SET reason = 'because', digest = x'00'",
        "DELETE FROM void",
        "UPDATE snapshot SET body = x'00' WHERE kind = 1; DELETE FROM snapshot WHERE kind = 0",
    ])
    func `What an archive of the log holds comes back`(damage: String) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        let archive = try await sample.export()
        let whole = try await sample.entries()
        try sample.run(damage)
        let damaged = try await sample.survey.report()
        #expect(!damaged.isSound)

        let before = try sample.bytes()
        let told = try await sample.mend(damaged, from: [archive], isRehearsal: true)
        #expect(!told.isEmpty)
        #expect(try sample.bytes() == before)
        let deeds = try await sample.repair(from: [archive])
        let report = try await sample.survey.report()
        #expect(report.isSound, "\(report.findings) after \(deeds)")
        #expect(try await sample.entries() == whole)
        #expect(try await sample.repair(from: [archive]).isEmpty)
    }

    @Test func `A base is folded anew from the archived entries where they are all there`()
        async throws
    {
        let sample = try SampleLog()
        try await sample.fill()
        let archive = sample.home + "/archive"
        let log = try SQLiteLog.open(directory: sample.home)
        let stream = try CompactedStream(log)
        try await stream.compact(keep: 4, archive: ArchiveWriter(archive))
        let state = try await stream.summary()
        await log.close()
        try sample.run(
            "UPDATE snapshot SET body = x'00' WHERE kind = 1; DELETE FROM snapshot WHERE kind = 0; "
                + "DELETE FROM void WHERE stream = (SELECT id FROM stream WHERE name = 'cust-1')")
        let found = try await sample.survey.report(on: stream.key)
        #expect(found.suspects.keys.contains(stream.key), "\(found.findings)")

        _ = try await sample.repair(from: [archive])
        let report = try await sample.survey.report(on: stream.key)
        #expect(report.isSound, "\(report.findings)")
        let again = try SQLiteLog.open(directory: sample.home)
        let mended = try await CompactedStream(again).summary()
        await again.close()
        #expect(mended == state)
        // Of the other stream no archive holds anything, and its base stays lost, and named.
        let other = try await sample.survey.report()
        #expect(other.findings.map(\.stream) == ["cust-2"], "\(other.findings)")
        #expect(
            other.findings.map(\.reason) == ["the stored snapshot is damaged"],
            "\(other.findings)")
    }

    @Test func `An archive of another log, or a damaged one, gives nothing`() async throws {
        let sample = try SampleLog()
        try await sample.fill()
        let archive = try await sample.export()
        let other = try SampleLog()
        try await other.fill()
        let foreign = try await other.export()
        try sample.run("UPDATE chunk SET body = x'00' WHERE offset = 12")
        let damaged = try await sample.survey.report()
        let before = try sample.bytes()
        #expect(try await sample.mend(damaged, from: [foreign]).isEmpty)
        #expect(try sample.bytes() == before)

        let segments = try FileManager.default.subpathsOfDirectory(atPath: archive)
            .filter { $0.hasSuffix(".entries") }
        #expect(segments.count == 2)
        for segment in segments {
            let file = URL(fileURLWithPath: archive + "/" + segment)
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: file)
        }
        #expect(try await sample.repair(from: [archive]).isEmpty)
        let report = try await sample.survey.report()
        #expect(report.findings.map(\.offset) == [12, 12], "\(report.findings)")
    }

    @Test func `Entries behind the last hash that the log still names stay lost, and named`()
        async throws
    {
        let sample = try SampleLog()
        try await sample.fill()
        let archive = try await sample.export()
        // Nothing in the log bears out the archive's entries from 10 on.
        try sample.run("UPDATE chunk SET body = x'00', chain = zeroblob(32) WHERE offset >= 10")
        _ = try await sample.repair(from: [archive])
        let report = try await sample.survey.report()
        #expect(Set(report.findings.map(\.offset)) == [10], "\(report.findings)")
    }

    @Test func `A latest snapshot that its entries do not make is dropped`() async throws {
        let sample = try SampleLog()
        try await sample.fill()
        let columns = Layout.sums.first { $0.table == "snapshot" }?.columns ?? []
        try sample.run(
            """
            UPDATE snapshot SET (body, state_hash) = (
                SELECT body, state_hash FROM snapshot o
                WHERE o.kind = 0 AND o.stream <> snapshot.stream)
            WHERE kind = 0 AND stream = (SELECT id FROM stream WHERE name = 'cust-1');
            UPDATE snapshot SET sum = row_sum(\(columns.joined(separator: ", ")));
            """)
        #expect(try await sample.survey.report().findings.map(\.snapshot) == ["latest"])
        #expect(try await sample.repair(from: []).map(\.rows) == [1])
        #expect(try await sample.isSound())
    }
}

extension SampleLog {
    /// Exports all of it into an archive of its own; returns the folder.
    func export() async throws -> String {
        let path = home + "/archive-\(UUID().uuidString)"
        let log = try SQLiteLog.open(directory: home)
        let writer = try ArchiveWriter(path)
        for stream in ["cust-1", "cust-2"] {
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID(stream))
            _ = try await ArchiveExport(from: log, into: writer).run(key)
        }
        await log.close()
        return path
    }

    /// Mends what a look has found, or says what it would do.
    @discardableResult
    func mend(
        _ report: SurveyReport, from archives: [String], backup: String? = nil,
        isRehearsal: Bool = false
    ) async throws -> [LogRepair.Deed] {
        let further = try StreamRepair(
            archives: archives, suspects: report.suspects,
            schemas: TenantSchemas(BuiltinSchemas.all))
        return try await LogRepair(of: home, from: backup).run(isRehearsal: isRehearsal) {
            (file) throws(LogFailure) in try further.run(file)
        }
    }

    /// Mends as `baton verify --repair` does, until there is nothing to mend. Returns what was done.
    func repair(from archives: [String], backup: String? = nil) async throws -> [LogRepair.Deed] {
        var deeds: [LogRepair.Deed] = []
        while true {
            let done = try await mend(survey.report(), from: archives, backup: backup)
            deeds += done
            if done.isEmpty { return deeds }
        }
    }
}
