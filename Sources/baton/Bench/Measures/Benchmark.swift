import ArgumentParser

/// Something to measure: what it yields, what that is held to, and how a person would look at it.
protocol Benchmark: Sendable {
    /// Its name in the JSON, stable from release to release.
    var name: String { get }
    /// In words.
    var title: String { get }
    /// What is done, and what stands beside it.
    var explanation: String { get }
    /// What it yields, in the order in which it is shown.
    var figures: [Figure] { get }
    /// The one that stands for all, where one does.
    var headline: Figure? { get }
    /// What is held to something.
    var bars: [Bar] { get }

    /// Whatever all runs need, made once in their folder.
    func prepare(in folder: String) async throws

    /// Measures once, in a folder for the files; what it leaves there the next run finds.
    func run(in folder: String) async throws -> RunResult

    /// How to draw it.
    func charts(_ report: SectionReport) -> [Chart]
}

extension Benchmark {
    var headline: Figure? { figures.first }
    func prepare(in folder: String) async throws {}
}

/// How much is measured. Bars are for `full`; the others only show that all of it runs.
enum BenchScale: String, Sendable, Encodable, ExpressibleByArgument {
    case full
    case quick
    case tiny

    /// The one that applies.
    func pick<Value>(_ full: Value, quick: Value, tiny: Value) -> Value {
        switch self {
        case .full: return full
        case .quick: return quick
        case .tiny: return tiny
        }
    }

    /// Seconds that each load and each limit is measured for.
    var seconds: Double { pick(3, quick: 0.5, tiny: 0.05) }
    /// Seconds of a load that are not counted.
    var warmUp: Double { pick(0.5, quick: 0.1, tiny: 0.02) }
    /// Devices that push or pull at once.
    var connections: Int { pick(64, quick: 64, tiny: 4) }
    /// Fsyncs that the disk's own time is taken from.
    var syncs: Int { pick(1_000, quick: 200, tiny: 20) }
}
