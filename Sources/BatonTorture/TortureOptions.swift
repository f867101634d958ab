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
    /// What is done to the server.
    public var mode = TortureMode.kill
    /// What runs beside the server in ``TortureMode/kill``.
    public var beside: [Companion] = []
    /// Clients that write at once in ``TortureMode/overload``.
    public var crowd = 600
    /// Connections that say nothing in ``TortureMode/siege``.
    public var idle = 10_000
    /// Connections that are slow on purpose in ``TortureMode/siege``.
    public var slow = 1_000
    /// How long each phase of ``TortureMode/overload`` and ``TortureMode/siege`` lasts, in milliseconds.
    public var phase = 3_000
    /// Bytes that the server may have in use in these two.
    public var memoryBound = 512 << 20
    /// How long a server may take to start, in milliseconds; more is a finding.
    public var patience = 30_000

    /// A command that operators run while the server serves.
    public enum Companion: String, Sendable, CaseIterable {
        /// `baton compact`, now with an archive and now without.
        case compact
        /// `baton backup`, each restored and looked at.
        case backup
    }

    /// The defaults for a program and a new folder.
    public init(program: String, folder: String) {
        self.program = program
        self.folder = folder
    }
}
