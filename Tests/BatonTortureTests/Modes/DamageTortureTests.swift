import Testing

extension TortureTests {
    @Suite struct DamageTortureTests {
        @Test func `Changed bytes are refused or do no harm, and are never served`() async throws {
            let (status, report) = try await Program.report([
                "--damage", "--rounds", "12", "--seed", "1", "--devices", "3", "--thin", "2",
                "--streams", "3",
            ])
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.done["bytes changed", default: 0] >= 12)
            #expect(report.rounds == 12)
        }
    }
}
