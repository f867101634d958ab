import Foundation
import FoundationXML
import Testing

@testable import baton

/// `baton bench`, run as a process, as little as it can.
@Suite(.serialized) struct BenchCommandTests {
    private struct Report: Decodable {
        struct Section: Decodable {
            struct Figure: Decodable {
                let title: String
                let unit: String
                let median: Double
                let runs: [Double]
            }
            struct Bar: Decodable {
                let figure: String
                let median: Double
                let met: Bool
                let atLeast: Double?
                let atMost: Double?
            }
            struct Curve: Decodable {
                let percentiles: [Double]
                let milliseconds: [Double]
            }
            let title: String
            let runs: Int
            let figures: [String: Figure]
            let bars: [Bar]
            let curves: [String: Curve]
        }
        let scale: String
        let version: String
        let sections: [String: Section]
    }

    /// Each subcommand and the sections that it reports.
    private static let commands: [(String, [any Benchmark])] = [
        (
            "push",
            [
                PushMeasurement(scale: .tiny, connections: 4, events: 20),
                PushMeasurement(scale: .tiny, connections: 4, events: 1),
            ]
        ),
        ("catch-up", [CatchUpMeasurement(scale: .tiny), DevicesMeasurement(scale: .tiny)]),
        ("bootstrap", [BootstrapMeasurement(scale: .tiny)]),
        ("no-op", [NoOpMeasurement(scale: .tiny)]),
        ("live", [LiveMeasurement(scale: .tiny)]),
        ("storage", [StorageMeasurement(scale: .tiny)]),
        ("compaction", [CompactionMeasurement(scale: .tiny)]),
        ("memory", [MemoryMeasurement(scale: .tiny)]),
        ("start-up", [StartUpMeasurement(scale: .tiny, large: 400)]),
        ("sdk", BenchSuite.sdk(.tiny) + [NoOpMeasurement(scale: .tiny)]),
    ]

    @Test(arguments: commands.map(\.0))
    func `Each benchmark runs end to end, and its JSON has every key`(command: String) throws {
        let measurements = Self.commands.first { $0.0 == command }?.1 ?? []
        let folder = FileManager.default.temporaryDirectory.path + "/bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (output, errors, status) = try run([
            "bench", command, "--tiny", "--runs", "2", "--json", "--html", folder + "/page.html",
            "--folder", folder,
        ])
        try #require(status == 0, "\(errors)")
        let report = try JSONDecoder().decode(Report.self, from: output)
        #expect(report.scale == "tiny")
        #expect(Set(report.sections.keys) == Set(measurements.map(\.name)))
        for measurement in measurements {
            let section = try #require(report.sections[measurement.name])
            #expect(section.runs == 2)
            #expect(Set(section.figures.keys) == Set(measurement.figures.map(\.key)))
            for (key, figure) in section.figures {
                #expect(figure.runs.count == 2 && figure.runs.allSatisfy(\.isFinite), "\(key)")
            }
            #expect(section.bars.map(\.figure) == measurement.bars.map(\.figure.key))
            for curve in section.curves.values {
                #expect(curve.milliseconds.count == curve.percentiles.count)
            }
        }
        let page = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
        for measurement in measurements { #expect(page.contains("id=\"\(measurement.name)\"")) }
        try checkPage(page)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left == ["page.html"], "nothing else is left behind")
    }

    @Test func `What the SDK costs is sensible, and its aims stand beside it`() throws {
        let (output, errors, status) = try run(["bench", "sdk", "--tiny", "--json"])
        try #require(status == 0, "\(errors)")
        let sections = try JSONDecoder().decode(Report.self, from: output).sections
        func figure(_ section: String, _ key: String) throws -> Double {
            try #require(sections[section]?.figures[key]?.median, "\(section) \(key)")
        }
        let write = try figure("sdk-write", "p50Milliseconds")
        #expect(try write > 0 && figure("sdk-write", "p99Milliseconds") >= write)
        #expect(try figure("sdk-write", "fsyncP50Milliseconds") > 0)
        for count in [10, 1_000, 10_000] {
            #expect(try figure("sdk-open", "open\(count)Milliseconds") > 0)
        }
        #expect(try figure("sdk-open", "storeBytes") > 4_096)
        for section in ["sdk-open", "sdk-apply"] {
            let before = try figure(section, "memoryBeforeBytes")
            #expect(try before > 1_000_000 && figure(section, "memoryAfterBytes") >= before)
        }
        #expect(try figure("sdk-apply", "events") == 60)
        #expect(try figure("sdk-apply", "eventsPerSecond") > 0)
        #expect(try figure("sdk-apply", "requests") >= 1)
        // Eight visits of two syncs each, in one round trip where nothing is to be sent or learnt.
        #expect(try figure("sdk-day", "edits") == 40)
        #expect(try (16...40).contains(figure("sdk-day", "roundTrips")))
        let body = try figure("sdk-day", "bodyBytesSent")
        #expect(try figure("sdk-day", "bytesSent") > body && body > 40 * 40)
        #expect(try figure("sdk-day", "bytesReceived") > 0)
        #expect(try figure("sdk-day", "jsonBytes") > 40 * 40)
        #expect(try figure("no-op", "roundTrips") == 1)
        let bars = sections.mapValues(\.bars)
        #expect(bars["sdk-write"]?.first?.atMost == 0.3)
        #expect(bars["sdk-open"]?.first?.atMost == 100)
        #expect(bars["sdk-apply"]?.first?.atLeast == 100_000)
        #expect(bars["no-op"]?.first?.atMost == 1)
    }

    @Test func `The help of the whole suite names every key`() throws {
        let (output, _, status) = try run(["bench", "all", "--help"])
        #expect(status == 0)
        let help = String(decoding: output, as: UTF8.self)
        let words = Set(help.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init))
        for measurement in BenchSuite.all(.full, large: false) {
            #expect(words.contains(measurement.name))
            for figure in measurement.figures { #expect(words.contains(figure.key)) }
        }
    }

    @Test func `Every bar is of a figure of its section, and every key is there once`() {
        let measurements = BenchSuite.all(.full, large: true)
        #expect(Set(measurements.map(\.name)).count == measurements.count)
        for measurement in measurements {
            let keys = measurement.figures.map(\.key)
            #expect(Set(keys).count == keys.count, "\(measurement.name)")
            for bar in measurement.bars { #expect(measurement.figures.contains(bar.figure)) }
        }
    }

    @Test func `Wrong usage ends with 2, a missed bar only with --strict with 1`() throws {
        #expect(try run(["bench", "push", "--runs", "0"]).status == 2)
        #expect(try run(["bench", "push", "--events", "5", "--events", "5"]).status == 2)
        // So little that the empty pages of a database are more than all events.
        #expect(try run(["bench", "storage", "--tiny", "--strict"]).status == 1)
        #expect(try run(["bench", "storage", "--tiny"]).status == 0)
    }

    /// The page is well-formed, and asks for nothing from elsewhere.
    private func checkPage(_ page: String) throws {
        for reference in ["src=", "@import", "url(", "<link", "<script", "http://", "https://"] {
            #expect(!page.contains(reference), "\(reference)")
        }
        let text = page.replacing("<!DOCTYPE html>", with: "")
        let parser = XMLParser(data: Data(text.utf8))
        #expect(
            parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        #expect(page.contains("<svg"))
    }

    private func run(_ arguments: [String]) throws -> (output: Data, errors: String, status: Int32)
    {
        let process = Process()
        // The programs of this build lie beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "baton")
        process.arguments = arguments
        let file = FileManager.default.temporaryDirectory
            .appending(path: "bench-errors-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: file)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let errors = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return (data, errors, process.terminationStatus)
    }
}
