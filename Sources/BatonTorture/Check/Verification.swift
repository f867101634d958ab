/// What `baton verify` says of a log.
struct Verification {
    /// 0 for a sound log, 1 for one that is not; `nil` where it did not end in time.
    let status: Int32?
    /// What it printed and complained of.
    let text: String

    /// How long it may take, in milliseconds.
    private static let patience = 300_000

    /// Runs it on the log in `data`.
    static func run(
        _ options: TortureOptions, data: String
    ) async throws(TortureFailure) -> Verification {
        let process = try ChildProcess(
            options.program, ["verify", "--data", data], output: options.folder + "/verify")
        let status = await process.ended(within: patience)
        return Verification(status: status, text: process.printed + process.complaints)
    }

    /// Whether it found the log sound.
    var isSound: Bool { status == 0 }
}
