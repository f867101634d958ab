import ArgumentParser

/// `baton bench sdk`: what an app waits for, and what it costs the device.
struct BenchSDK: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sdk",
        abstract: "Measure the SDK: writes, opening a store, taking in events, memory, a day.",
        discussion: """
            A local write beside one fsync of a file; stores with 10, 1,000 and 10,000 entities opened;
            10,000 pulled events taken in; the device's memory for both, in processes of their own; a day
            of 40 edits in bytes of TCP beside the JSON of the same edits; and a sync where nothing is new.

            Example:
              baton bench sdk --runs 3 --folder /var/tmp
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report(
            BenchSuite.sdk(options.scale) + [NoOpMeasurement(scale: options.scale)])
    }
}
