import ArgumentParser

/// `baton bench`: the benchmarks, each beside the limits that it is held against.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure, each figure beside the limits of the machine taken in the same run.",
        discussion: """
            Examples:
              baton bench all --html bench.html
              baton bench push --runs 3
            """,
        subcommands: [
            BenchAll.self, BenchPush.self, BenchCatchUp.self, BenchBootstrap.self, BenchNoOp.self,
            BenchLive.self, BenchStorage.self, BenchMemory.self, BenchCompaction.self,
            BenchStartUp.self, BenchSDK.self,
            BenchMerge.self, MergeMemory.self, DeviceMemory.self, EmptyServer.self,
        ])
}
