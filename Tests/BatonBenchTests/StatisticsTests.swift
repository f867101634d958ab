import Testing

@testable import baton

struct StatisticsTests {
    @Test func `The median is the middle one, or the mean of the two in the middle`() {
        #expect(Statistics.median([]) == 0)
        #expect(Statistics.median([7]) == 7)
        #expect(Statistics.median([9, 1, 5]) == 5)
        #expect(Statistics.median([4, 1, 9, 2]) == 3)
    }

    @Test func `A percentile is the smallest value that the share does not exceed`() {
        let hundred = (1...100).map(Double.init)
        #expect(Statistics.percentile(0.5, of: hundred) == 50)
        #expect(Statistics.percentile(0.99, of: hundred) == 99)
        #expect(Statistics.percentile(1, of: hundred) == 100)
        #expect(Statistics.percentile(0, of: hundred) == 1)
        #expect(Statistics.percentile(0.99, of: [3, 8]) == 8)
        #expect(Statistics.percentile(0.5, of: [3, 8]) == 3)
        #expect(Statistics.percentile(0.5, of: []) == 0)
    }

    @Test func `A curve is read at the percentiles that it names`() {
        let points = Curve.points(of: (1...1_000).map(Double.init))
        #expect(points.count == Curve.percentiles.count)
        for (percentile, point) in zip(Curve.percentiles, points) {
            #expect(abs(point - percentile * 10) <= 1)
        }
    }

    @Test(arguments: [
        (0.0, "0"), (0.0456, "0.0456"), (0.5, "0.50"), (2.345, "2.35"), (12.34, "12.3"),
        (123.4, "123"), (5, "5"), (12_345, "12,345"), (1_234_567.8, "1,234,568"), (-0.25, "-0.25"),
        (0.999, "1.00"),
    ])
    func `Numbers are written as people read them`(number: Double, text: String) {
        #expect(Quantity.digits(number) == text)
    }

    @Test func `Bytes change their unit where they get long`() {
        #expect(Quantity.text(195, .bytes) == "195 bytes")
        #expect(Quantity.text(20 * 1024, .bytes) == "20 KiB")
        #expect(Quantity.text(45 * 1024 * 1024, .bytes) == "45 MiB")
    }

    @Test func `A bar says whether it is met, its edge among it`() {
        #expect(Bar.Need.atLeast(1.7).isMet(by: 1.7))
        #expect(!Bar.Need.atLeast(1.7).isMet(by: 1.69))
        #expect(Bar.Need.atMost(15).isMet(by: 15))
        #expect(!Bar.Need.atMost(15).isMet(by: 15.1))
        #expect(Bar.Need.between(0.8, 1.2).isMet(by: 1))
        #expect(!Bar.Need.between(0.8, 1.2).isMet(by: 0.7))
    }

    @Test func `A section reports medians of its runs, and the bars by them`() {
        let measurement = CatchUpMeasurement(scale: .tiny)
        let runs = [9.0, 20, 12].map { milliseconds in
            var run = RunResult()
            run[CatchUpMeasurement.milliseconds] = milliseconds
            run.add("catch-up", Curve.percentiles.map { milliseconds * $0 })
            return run
        }
        let report = SectionReport(measurement, runs: runs)
        #expect(report[CatchUpMeasurement.milliseconds] == 12)
        #expect(report.figures["milliseconds"]?.runs == [9, 20, 12])
        let bar = report.bars.first { $0.figure == "milliseconds" }
        #expect(bar?.isMet == true && bar?.atMost == 15 && bar?.atLeast == nil)
        #expect(report.curves["catch-up"]?.milliseconds == Curve.percentiles.map { 12 * $0 })
    }
}
