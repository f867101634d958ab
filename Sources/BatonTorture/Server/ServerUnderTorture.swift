/// `baton serve`, started, killed and started again over one data folder. For one task at a time.
final class ServerUnderTorture {
    /// How a start went.
    enum Start {
        /// It takes requests.
        case serving
        /// It ended instead, with this status and complaint.
        case ended(Int32, String)
        /// It neither ended nor took requests in time.
        case silent(String)
    }

    /// The folder of its log.
    let data: String
    /// Where it is now, for clients.
    let address: ServerAddress
    private let options: TortureOptions
    private let arguments: [String]
    private var process: ChildProcess?
    /// The token for all streams of tenant `dev`, once it has served; it outlives restarts.
    private(set) var token = ""
    /// The slowest start so far, in milliseconds.
    private(set) var slowestStart = 0

    init(
        _ options: TortureOptions, data: String, address: ServerAddress, arguments: [String] = []
    ) {
        self.options = options
        self.data = data
        self.address = address
        self.arguments = arguments
    }

    /// Its process id, while it runs.
    var identifier: Int32? { process?.identifier }

    /// Starts it and waits until it says where it listens.
    func start() async throws(TortureFailure) -> Start {
        let begun = ContinuousClock.now
        try launch()
        guard let process else { return .silent("") }
        while ContinuousClock.now - begun < .milliseconds(options.patience) {
            if let announced = Announcement(process.printed) {
                token = announced.token
                try address.move(to: announced.address)
                slowestStart = max(
                    slowestStart, Int((ContinuousClock.now - begun) / .milliseconds(1)))
                return .serving
            }
            if let status = await process.ended(within: 3) {
                return .ended(status, process.complaints)
            }
        }
        return .silent(process.complaints)
    }

    /// Starts it and kills it so soon that it may not have come to serve.
    func startAndKill(after milliseconds: Int) async throws(TortureFailure) {
        try launch()
        try? await Task.sleep(for: .milliseconds(milliseconds))
        try await kill()
    }

    private func launch() throws(TortureFailure) {
        process = try ChildProcess(
            options.program,
            ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"] + arguments,
            output: options.folder + "/server")
    }

    /// Kills it with what it had in hand.
    func kill() async throws(TortureFailure) {
        guard let process else { return }
        process.kill()
        _ = await process.ended(within: options.patience)
        self.process = nil
        try address.move(to: nil)
    }

    /// Stops it cleanly: its exit status, or `nil` if it would not stop and was killed.
    func stop() async throws(TortureFailure) -> Int32? {
        guard let process else { return nil }
        process.terminate()
        let status = await process.ended(within: options.patience)
        if status == nil { try await kill() }
        self.process = nil
        try address.move(to: nil)
        return status
    }

    /// What it complained of last.
    var complaints: String { process?.complaints ?? "" }

    /// Whether it has ended by itself.
    var hasEnded: Bool { process.map { !$0.isRunning } ?? true }
}

/// What `baton serve --dev` prints once it takes requests.
private struct Announcement {
    let address: String
    let token: String

    /// `nil` until all of it is there.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 3,
            let address = lines[0].split(separator: " ").first(where: { $0.hasPrefix("http://") })
        else { return nil }
        self.address = String(address.prefix { $0 != "," })
        token = String(lines[2])
    }
}
