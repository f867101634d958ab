/// What a torture does, for how long, and where.
public struct TortureOptions: Sendable {
    /// The `baton` program whose server is tortured.
    public var program: String
    /// A new folder for log, devices and records; the caller takes it away or keeps it.
    public var folder: String
    /// How often the server is killed and started again.
    public var rounds = 20
    /// What moments and writes are drawn from. Times on a real machine differ from run to run, so
    /// the same seed repeats the plan, not every interleaving.
    public var seed: UInt64 = 1
    /// Customers' streams that are written to.
    public var streams = 6
    /// Devices with the SDK and a store of their own on disk.
    public var devices = 12
    /// Clients without a store, that send each write until it is answered.
    public var thinClients = 6
    /// How long a server lives in a round at most, in milliseconds, once it takes requests.
    public var longestLife = 900
    /// How long a server may take to start, in milliseconds; more is a finding.
    public var patience = 30_000

    /// The defaults for a program and a new folder.
    public init(program: String, folder: String) {
        self.program = program
        self.folder = folder
    }
}
