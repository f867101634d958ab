import Testing

extension TortureTests {
    @Suite struct SiegeTortureTests {
        @Test func `Under siege clients are served, bombs refused, and nothing is lost`()
            async throws
        {
            let (status, report) = try await Program.report([
                "--siege", "--idle", "300", "--slow", "60", "--phase", "2000", "--rounds", "1",
                "--streams", "2",
            ])
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            let siege = try #require(report.sieges.first)
            #expect(siege.idle == 300 && siege.slow > 50)
            #expect(siege.requestsAlone > 0 && siege.requestsBesieged > 0)
            #expect(siege.p99Alone > 0 && siege.p99Besieged > 0)
            #expect(report.done["bomb answered body-too-large", default: 0] > 0)
            #expect(report.done["bomb answered malformed-json", default: 0] > 0)
            #expect(report.acknowledgedWrites > 0 && report.checkedEntries > 0)
        }
    }
}
