import ArgumentParser
import Foundation

/// What all benchmarks have in common.
struct BenchOptions: ParsableArguments {
    @Option(help: "How often to measure; reported are medians. 5, or 1 with --quick.")
    var runs: Int?

    @Flag(help: "Measure little of everything, to see that it works; the bars are not for that.")
    var quick = false

    @Flag(help: .private)
    var tiny = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Write a page with plots, which needs nothing else to be looked at.",
            valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Where to keep the files while measuring: a folder on the disk that is meant.",
            valueName: "folder"))
    var folder: String?

    @Flag(help: "End with status 1 where a bar is missed.")
    var strict = false

    func validate() throws {
        guard runs.map({ (1...100).contains($0) }) ?? true else {
            throw ValidationError("--runs is from 1 to 100")
        }
    }

    var scale: BenchScale { tiny ? .tiny : quick ? .quick : .full }

    private var count: Int { runs ?? scale.pick(5, quick: 1, tiny: 1) }

    /// Measures, and prints what was found.
    func report(_ measurements: [any Benchmark]) async throws {
        // As many as the largest load has, the subscribers of the measurement of memory.
        OpenFiles.makeRoom(for: 10_000)
        let place =
            (folder ?? FileManager.default.temporaryDirectory.path)
            + "/baton-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let machine = MachineFacts(folder: place)
        if machine.isInMemory {
            Output.complain(
                "warning: \(place) is in memory only, so nothing here is durable; give --folder")
        }
        var sections: [SectionReport] = []
        let bar = ProgressBar("measuring")
        for (index, measurement) in measurements.enumerated() {
            let folder = "\(place)/\(measurement.name)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try await measurement.prepare(in: folder)
            var runs: [RunResult] = []
            for run in 0..<count {
                bar.show(index * count + run, of: measurements.count * count)
                runs.append(try await measurement.run(in: folder))
            }
            sections.append(SectionReport(measurement, runs: runs))
            try FileManager.default.removeItem(atPath: folder)
        }
        bar.end()
        let report = BenchReport(
            machine: machine, scale: scale, version: Version.text, sections: sections)
        if let html {
            let charts = zip(measurements, sections).map { $0.charts($1) }
            let page = BenchPage(report: report, charts: charts).text
            try Data(page.utf8).write(to: URL(fileURLWithPath: html))
        }
        if json {
            try Output.tell(json: report)
        } else {
            Output.tell(BenchText.text(of: report))
        }
        if strict, report.bars.contains(where: { !$0.isMet }) { throw ExitCode(1) }
    }
}
