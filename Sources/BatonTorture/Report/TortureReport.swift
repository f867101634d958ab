/// What a torture did and found.
public struct TortureReport: Sendable, Encodable {
    /// What was done to the server: `kill`, `full-disk` …
    public let mode: String
    /// What moments and writes were drawn from.
    public let seed: UInt64
    /// The folder with log, devices, the record of what was acknowledged, and the server's output.
    public let folder: String
    /// Rounds that were carried out.
    public var rounds = 0
    /// What was done to the server, by name, and how often.
    public var done: [String: Int] = [:]
    /// Devices' events that the server acknowledged.
    public var acknowledgedEvents = 0
    /// Thin clients' writes that the server acknowledged, retries included.
    public var acknowledgedWrites = 0
    /// Requests that were answered, and those whose answer never came.
    public var answers = 0
    /// Requests whose answer never came.
    public var unanswered = 0
    /// Problem answers, by slug.
    public var problems: [String: Int] = [:]
    /// Entries of the log that were read back and checked.
    public var checkedEntries = 0
    /// Entries of these that compaction had folded before they could be read.
    public var foldedEntries = 0
    /// Devices whose state was compared with the server's at the end, newcomers included.
    public var comparedDevices = 0
    /// Bytes that the server had in use before and at most, where that was looked at.
    public var memoryBefore = 0
    /// The most bytes that the server had in use.
    public var mostMemory = 0
    /// Writes a second that were acknowledged, round by round, where that was looked at.
    public var writesPerSecond: [Throughput] = []
    /// What each round of a siege did to the clients.
    public var sieges: [Siege] = []
    /// The slowest start of the server, in milliseconds.
    public var slowestStart = 0
    /// How long it all took, in seconds.
    public var seconds = 0.0
    /// How many promises did not hold.
    public var findingCount = 0
    /// The first hundred of these.
    public var findings: [TortureFinding] = []

    /// Writes a second.
    public struct Throughput: Sendable, Encodable {
        /// From a few clients.
        public let calm: Int
        /// From the crowd.
        public let crowded: Int
    }

    /// A few clients alone and under siege.
    public struct Siege: Sendable, Encodable {
        /// Connections that said nothing.
        public let idle: Int
        /// Connections that were slow on purpose.
        public let slow: Int
        /// Those of both that the server closed and that came again.
        public let thrownOut: Int
        /// Requests of the clients that were answered while they were alone.
        public let requestsAlone: Int
        /// The same under siege.
        public let requestsBesieged: Int
        /// Milliseconds in which 99 of 100 were.
        public let p99Alone: Double
        /// The same under siege.
        public let p99Besieged: Double
    }

    init(mode: String, options: TortureOptions) {
        self.mode = mode
        seed = options.seed
        folder = options.folder
    }

    /// Counts something that was done to the server.
    mutating func count(_ deed: String) { done[deed, default: 0] += 1 }
}
