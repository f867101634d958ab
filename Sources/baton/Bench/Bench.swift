import ArgumentParser

/// `baton bench`: the benchmarks, each beside the limits that it is held against.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure, each figure beside the limits of the machine taken in the same run.",
        discussion: "Example:\n  baton bench push --seconds 10",
        subcommands: [BenchPush.self, BenchMerge.self, MergeMemory.self, EmptyServer.self])
}
