import Testing

extension TortureTests {
    @Suite struct OverloadTortureTests {
        @Test func `A crowd is refused what is too much, and what is taken is kept`() async throws {
            let (status, report) = try await Program.report([
                "--overload", "--crowd", "250", "--phase", "1500", "--rounds", "1", "--streams",
                "2",
            ])
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.problems["overloaded", default: 0] > 0)
            #expect(report.acknowledgedWrites > 0)
            #expect(report.checkedEntries >= report.acknowledgedWrites)
        }
    }
}
