import BatonCore
import BatonSync
import Foundation

/// Asks far more of a server than it may take on: writers who do not wait, pulls and live answers
/// that nobody reads. It must refuse what is too much, stay within its memory, go on serving as
/// much as it can, and lose nothing of what it acknowledged.
enum OverloadTorture {
    /// The server's limits for this, far below what a crowd asks of it.
    private static func arguments(for crowd: Int) -> [String] {
        [
            "--max-connections", "\(max(few + 8, crowd / 3))",
            "--max-requests", "\(max(few + 4, crowd / 6))",
            "--max-live", "\(max(1, crowd / 30))", "--body-memory", "1", "--answer-memory", "4",
        ]
    }
    /// Writers that the server carries with ease.
    private static let few = 16
    /// Bytes that make a write heavy.
    private static let padding = 2_000
    /// How long a crowd goes on where it was not refused yet, in milliseconds: on a slow machine it
    /// takes its time to gather.
    private static let gathering = 60_000
    /// Under the crowd, at least one in so many writes of what a few clients got through.
    private static let collapse = 5
    /// A phase that is shorter, in milliseconds, says nothing about throughput.
    private static let tellingPhase = 3_000

    /// Carries it out.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        try await LoadTrial.run(
            "overload", options, arguments: arguments(for: options.crowd),
            expected: ["overloaded", "limit-exceeded"], progress: progress
        ) { (trial, round) async throws(TortureFailure) in
            let calm = await writes(by: few, staring: 0, in: &trial, round)
            let crowded = await writes(
                by: options.crowd, staring: options.crowd / 10, in: &trial, round)
            trial.report.writesPerSecond.append(
                TortureReport.Throughput(calm: calm, crowded: crowded))
            if options.phase >= tellingPhase, crowded < calm / collapse {
                trial.site.findings.add(
                    .recovery, "round \(round)",
                    "\(crowded) writes a second were taken from \(options.crowd) clients, "
                        + "and \(calm) from \(few)")
            }
        }
    }

    /// So many clients write for a while, others ask and do not read: writes a second that were
    /// acknowledged.
    private static func writes(
        by clients: Int, staring: Int, in trial: inout LoadTrial, _ round: Int
    ) async -> Int {
        let site = trial.site
        let crowd = Crowd(site.server.address.current)
        let before = site.record.counts.thin
        let begun = ContinuousClock.now
        let writers = trial.writers(
            clients, round: round, phase: staring > 0 ? 1 : 0,
            over: WitnessTransport(network: crowd, record: site.record, tally: site.tally),
            pace: .hasty(padding: padding))
        let unread = (0..<staring).map { stare($0, at: site) }
        let deadline = begun + .milliseconds(site.options.phase)
        let latest = begun + .milliseconds(gathering)
        await trial.write(writers, unread: unread, over: crowd) {
            ContinuousClock.now < deadline
                || (staring > 0 && site.tally.problems.isEmpty
                    && ContinuousClock.now < latest)
        }
        await crowd.close()
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        return Int(Double(site.record.counts.thin - before) / seconds)
    }

    /// A call whose answer is long, or has no end.
    private static func stare(_ index: Int, at site: TortureSite) -> SyncCall {
        let stream = site.streams[index % site.streams.count]
        return SyncCall(
            .get, "/v1/streams/\(stream)/" + (index % 2 == 0 ? "events" : "live"),
            headers: ["authorization": "Bearer \(site.server.token)"])
    }
}
