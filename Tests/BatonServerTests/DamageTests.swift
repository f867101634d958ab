import BatonCore
import BatonWire
import Foundation
import Testing

@testable import BatonLog
@testable import BatonServer

/// A damaged byte anywhere in what a log holds is found (L6, and beyond: times, names, snapshots,
/// records of refusals, idempotency keys).
struct DamageTests {
    /// Places to damage; `BATON_DAMAGED_PLACES=1000` for a thorough run.
    private static let places =
        ProcessInfo.processInfo.environment["BATON_DAMAGED_PLACES"].flatMap { Int($0) } ?? 60

    @Test func `A damaged byte is found wherever it lies`() async throws {
        let sample = try SampleLog()
        let path = sample.home + "/baton.db"
        try await sample.fill()
        let report = try await sample.survey.report()
        #expect(report.isSound, "\(report.findings)")
        #expect(report.snapshots >= 3)
        let whole = try #require(FileManager.default.contents(atPath: path))
        let live = LivePages(Array(whole), roots: try sample.roots())
        #expect(live.count > 10_000)
        // Everywhere, at a stride that no page size divides, and each time another bit.
        var missed: [Int] = []
        for turn in 0..<Self.places {
            let place = live.place((turn * live.count / Self.places + turn * 7) % live.count)
            let bit = UInt8(1 << (turn % 8))
            var damaged = whole
            damaged[place] ^= bit
            try damaged.write(to: URL(fileURLWithPath: path))
            let report = try await sample.survey.report()
            if report.isSound { missed.append(place) }
            for side in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + side)
            }
        }
        #expect(missed.isEmpty, "of \(Self.places) damaged bytes, not found: \(missed)")
    }

    @Test func `A finding names tenant, stream and the first offset`() async throws {
        let sample = try SampleLog()
        try await sample.fill()
        try sample.run("UPDATE chunk SET received_at = received_at + 1 WHERE offset = 12")
        let survey = sample.survey
        let finding = try #require(try await survey.report().findings.first)
        #expect(finding.tenant == "acme")
        #expect(finding.stream == "cust-1")
        #expect(finding.offset == 12)
        #expect(
            finding.description.hasPrefix("tenant acme, stream cust-1, offset 12: the entries from")
        )
        #expect(try await survey.report(tenant: TenantID("other")).isSound)
        let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("cust-1"))
        #expect(try await survey.report(on: key).findings.count == 1)
    }

    @Test(arguments: SnapshotKind.allCases)
    func `A snapshot that its entries do not make is found, however well it is stored`(
        kind: SnapshotKind
    ) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        // The state of the other stream, with its hash and a sum that fits: a bug, not damage.
        let columns = Layout.sums.first { $0.table == "snapshot" }?.columns ?? []
        try sample.run(
            """
            UPDATE snapshot SET (body, state_hash) = (
                SELECT body, state_hash FROM snapshot o
                WHERE o.kind = 0 AND o.stream <> snapshot.stream)
            WHERE kind = \(kind.rawValue) AND stream = (SELECT id FROM stream WHERE name = 'cust-2');
            UPDATE snapshot SET sum = row_sum(\(columns.joined(separator: ", ")));
            """)
        let report = try await sample.survey.report()
        #expect(report.findings.map(\.stream) == ["cust-2"], "\(report.findings)")
    }

    @Test(arguments: [
        "DELETE FROM void WHERE stream =", "UPDATE void SET reason = 'another' WHERE stream =",
        "UPDATE void SET offset = offset - 1 WHERE stream =",
        "UPDATE void SET counter = counter + 1 WHERE stream =",
    ])
    func `A record of a refusal that its entry does not bear out is found`(
        change: String
    ) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        // With sums that fit: a bug, not damage.
        let columns = Layout.sums.first { $0.table == "void" }?.columns ?? []
        try sample.run(
            """
            \(change) (SELECT id FROM stream WHERE name = 'cust-1');
            UPDATE void SET sum = row_sum(\(columns.joined(separator: ", ")));
            """)
        let report = try await sample.survey.report()
        #expect(!report.isSound)
        #expect(report.findings.allSatisfy { $0.stream == "cust-1" }, "\(report.findings)")
        #expect(report.findings.contains { $0.reason.contains("refusal") }, "\(report.findings)")
    }

    @Test(arguments: ["meta RENAME COLUMN value", "void RENAME COLUMN code"])
    func `A column of another name is a finding`(change: String) async throws {
        let sample = try SampleLog()
        try await sample.fill()
        try sample.run("ALTER TABLE \(change) TO other")
        let report = try await sample.survey.report()
        #expect(report.findings.map(\.file).contains("baton.db"), "\(report.findings)")
    }

    @Test func `What was committed and is damaged in the write-ahead log is found`() async throws {
        let sample = try SampleLog()
        var options = SQLiteLog.Options()
        options.files = 1
        // No checkpoint comes in between, so that all of the write-ahead log is of one round.
        options.pollSeconds = 60
        let log = try SQLiteLog.open(directory: sample.home, options: options)
        let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID("cust-1"))
        for counter in 1...20 as ClosedRange<UInt64> {
            var body: [UInt8] = []
            EventFrames.append([1, 2, 3], to: &body)
            _ = try await log.append(
                AppendRequest(
                    replica: ReplicaID(high: 1, low: 1), firstCounter: Counter(rawValue: counter),
                    body: body,
                    entries: [AppendRequest.Entry(length: body.count, seen: .start)],
                    receivedAt: 1), to: key)
        }
        let copy = sample.home + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["baton.db", "baton.db-wal"] {
            try FileManager.default.copyItem(
                atPath: sample.home + "/" + name, toPath: copy + "/" + name)
        }
        await log.close()
        let wal = URL(fileURLWithPath: copy + "/baton.db-wal")
        var bytes = try Data(contentsOf: wal)
        #expect(WriteAheadLog.damage(at: wal.path) == nil)
        for place in [20, 60, bytes.count / 2, bytes.count - 1] {
            bytes[place] ^= 4
            try bytes.write(to: wal)
            #expect(WriteAheadLog.damage(at: wal.path) != nil, "byte \(place)")
            bytes[place] ^= 4
        }
        // A survey names it, and does not open what would be lost by that.
        bytes[60] ^= 4
        try bytes.write(to: wal)
        let report = try await LogSurvey(of: copy, schemas: TenantSchemas(BuiltinSchemas.all))
            .report()
        #expect(report.findings.map(\.file) == ["baton.db"])
        #expect(try Data(contentsOf: wal) == bytes)
        bytes[60] ^= 4
        // What a process left that was killed before its commit is no damage.
        try (bytes + Data(count: 24 + 4_096)).write(to: wal)
        #expect(WriteAheadLog.damage(at: wal.path) == nil)
    }
}
