import ArgumentParser

/// `baton bench catch-up`: devices that were away.
struct BenchCatchUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catch-up",
        abstract: "Measure how fast devices that were away have all that is new.",
        discussion: """
            One device pulls a history of 10,000 events; 1,000 devices pull 100 events each.

            Example:
              baton bench catch-up --runs 3
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([
            CatchUpMeasurement(scale: options.scale), DevicesMeasurement(scale: options.scale),
        ])
    }
}

/// `baton bench bootstrap`: a new device, however long the history is.
struct BenchBootstrap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Measure how fast a new device holds the state, behind 1, 10, 100 × history.",
        discussion: """
            Beside it: the same live state read from a file, plain and through the HTTP stack.

            Example:
              baton bench bootstrap --html bootstrap.html
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([BootstrapMeasurement(scale: options.scale)])
    }
}

/// `baton bench no-op`: a sync where nothing is new.
struct BenchNoOp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "no-op",
        abstract: "Measure a sync where nothing is new: round trips, bytes each way, time.",
        discussion: """
            Example:
              baton bench no-op
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([NoOpMeasurement(scale: options.scale)])
    }
}

/// `baton bench live`: from a push to the other device.
struct BenchLive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Measure the time from a push to the other device, at 100 pushes a second.",
        discussion: """
            Example:
              baton bench live --runs 3
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([LiveMeasurement(scale: options.scale)])
    }
}

/// `baton bench storage`: bytes on disk.
struct BenchStorage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Measure bytes on disk, before and after compaction, and how fast that is.",
        discussion: """
            Example:
              baton bench storage --json
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([StorageMeasurement(scale: options.scale)])
    }
}

/// `baton bench memory`: what the server holds.
struct BenchMemory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Measure the server's memory: idle, loaded, with 1,000 and 10,000 subscribers.",
        discussion: """
            Example:
              baton bench memory --runs 3
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([MemoryMeasurement(scale: options.scale)])
    }
}

/// `baton bench compaction`: what it does to a live server.
struct BenchCompaction: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compaction",
        abstract: "Measure compaction beside a live server: its rate, and pushes meanwhile.",
        discussion: """
            Example:
              baton bench compaction --runs 3
            """)

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await options.report([CompactionMeasurement(scale: options.scale)])
    }
}

/// `baton bench start-up`: a large log.
struct BenchStartUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start-up",
        abstract: "Measure start, memory, pushes and pulls over a large log beside a small one.",
        discussion: """
            500,000 events beside 50,000; with --large 5,000,000, which takes some minutes.

            Example:
              baton bench start-up --large --runs 1
            """)

    @OptionGroup var options: BenchOptions

    @Flag(help: "5,000,000 events; takes some minutes and 3 GB of disk.")
    var large = false

    func run() async throws {
        try await options.report([BenchSuite.startUp(options.scale, large: large)])
    }
}
