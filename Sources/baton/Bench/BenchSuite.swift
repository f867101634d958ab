import ArgumentParser

/// `baton bench all`: every benchmark of service and SDK, one after another.
struct BenchAll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Measure all of it: push, catch-up, live, storage, memory, start-up, the SDK.",
        discussion: """
            Takes some 15 minutes on a quiet machine; with --quick one. Each figure stands beside the
            limit of the machine that it is held against, taken in the same run; what is reported is the
            median of the runs, and for each bar whether it is met.

            Examples:
              baton bench all --html bench.html
              baton bench all --quick --json

            The JSON: machine{…}, scale, version, and sections{NAME{title, runs, figures, bars, curves}}.
            figures{KEY{title, unit, median, runs[]}}; bars[{figure, title, median, atLeast, atMost, met}];
            curves{NAME{percentiles[], milliseconds[]}}. Sections and the keys of their figures:
            \(BenchSuite.keys)
            """)

    @OptionGroup var options: BenchOptions

    @Flag(help: "Start-up over 5,000,000 events; takes some minutes and 3 GB of disk.")
    var large = false

    func run() async throws {
        try await options.report(BenchSuite.all(options.scale, large: large))
    }
}

/// The benchmarks, in the order in which they run.
enum BenchSuite {
    /// All of them.
    static func all(_ scale: BenchScale, large: Bool) -> [any Benchmark] {
        [
            PushMeasurement(scale: scale, connections: scale.connections, events: 20),
            PushMeasurement(scale: scale, connections: scale.connections, events: 1),
            CatchUpMeasurement(scale: scale), DevicesMeasurement(scale: scale),
            BootstrapMeasurement(scale: scale), NoOpMeasurement(scale: scale),
            LiveMeasurement(scale: scale), StorageMeasurement(scale: scale),
            MemoryMeasurement(scale: scale), CompactionMeasurement(scale: scale),
            startUp(scale, large: large),
        ] + sdk(scale)
    }

    /// Those of the SDK that need no other part of the suite.
    static func sdk(_ scale: BenchScale) -> [any Benchmark] {
        [
            WriteMeasurement(scale: scale), OpenMeasurement(scale: scale),
            ApplyMeasurement(scale: scale), DayMeasurement(scale: scale),
        ]
    }

    /// Start-up, over as many events as are wanted.
    static func startUp(_ scale: BenchScale, large: Bool) -> StartUpMeasurement {
        StartUpMeasurement(
            scale: scale,
            large: large ? 5_000_000 : scale.pick(500_000, quick: 20_000, tiny: 400))
    }

    /// The keys of all figures, by section, for the help.
    static var keys: String {
        all(.full, large: false).map { measurement in
            var lines = [""]
            for key in measurement.figures.map(\.key) {
                if lines[lines.count - 1].count + key.count > 84 { lines.append("") }
                lines[lines.count - 1] += " " + key
            }
            return "  \(measurement.name):\n" + lines.map { "   " + $0 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
