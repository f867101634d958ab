import BatonGzip
import Testing

@testable import BatonReplay

/// Files that were cut off or garbled on the way: reading names the line, and goes on or stops.
@Suite struct DamagedFileTests {
    private static let header = "event_time,event_type,product_id,price,user_id,user_session\n"
    private static let good = "2022-10-01 00:00:00 UTC,cart,1,2.50,7,s\n"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        ("2022-10-01 00:00,cart,1,2.50,7,s", RowProblem.Reason.badTime),
        ("2022-10-01 00:00:00 UTC,cart,1,2x,7,s", .badNumber),
        ("2022-10-01 00:00:00 UTC,cart,1,2.50,,s", .missingField),
        ("2022-10-01 00:00:00 UTC,cart,,2.50,7,s", .missingField),
        ("2022-10-01 00:00:00 UTC,ca", .fieldCount),
        ("2022-10-01 00:00:00 UTC,\"cart,1,2.50,7,s", .openQuote),
    ])
    func `A garbled row is named, counted and passed over`(
        row: String, reason: RowProblem.Reason
    ) throws {
        try folder.write(
            "x.csv", Self.header + Self.good + row + "\n" + Self.good.replacing("1,2", with: "2,2"))
        let set = try folder.open()
        #expect(set.report.skipped == [reason: 1])
        #expect(set.report.problems.map(\.place) == [RowPlace(file: "x.csv", line: 3)])
        #expect(set.report.rowsRead == 3)
        #expect(set.events.count == 2)
    }

    @Test func `Told to be strict, reading stops at the first garbled row and names it`() throws {
        try folder.write("x.csv", Self.header + Self.good + "garbled\n")
        let failure = try #require(throws: ReplayFailure.self) {
            try folder.open(ReadingOptions(isStrict: true))
        }
        #expect(failure.code == .badRow)
        #expect(failure.message.contains("x.csv:3: wrong-number-of-fields"))
    }

    @Test func `Of a cut-off gzip file the whole lines before the cut are used`() throws {
        let rows = (0..<5_000).map { "2022-10-01 00:00:00 UTC,cart,\($0 &* 7919),2.50,7,s\n" }
        let packed = try Gzip.compress(Array((Self.header + rows.joined()).utf8))
        try folder.write("x.gz", bytes: Array(packed.prefix(packed.count / 2)))
        let set = try folder.open()
        #expect(set.report.skipped == [.cutOff: 1])
        #expect(set.events.count > 1_000)
        #expect(set.events.count < 4_999)
        #expect(set.report.problems.first?.place.line == set.events.count + 2)
        #expect(throws: ReplayFailure.self) { try folder.open(ReadingOptions(isStrict: true)) }
    }

    @Test func `A last line without a line end is used and noted`() throws {
        try folder.write("x.csv", Self.header + Self.good.dropLast())
        let set = try folder.open()
        #expect(set.events.count == 1)
        #expect(set.report.notes == [.noLineEnd: 1])
    }

    @Test func `A cut-off JSON line is named and passed over`() throws {
        let line =
            "{\"session\":1,\"events\":[{\"aid\":5,\"ts\":1659304800025,\"type\":\"carts\"}]}"
        try folder.write("x", line + "\n" + line.dropLast(12))
        let set = try folder.open()
        #expect(set.events.count == 1)
        #expect(set.report.skipped == [.notJSON: 1])
        #expect(set.report.problems.first?.place == RowPlace(file: "x", line: 2))
    }

    @Test func `Only the first problems are kept, all are counted`() throws {
        let bad = String(repeating: "garbled\n", count: ReadingReport.keptProblems + 50)
        try folder.write("x.csv", Self.header + bad)
        let report = try folder.open().report
        #expect(report.problems.count == ReadingReport.keptProblems)
        #expect(report.rowsSkipped == ReadingReport.keptProblems + 50)
    }
}
