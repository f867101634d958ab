import BatonCore
import BatonSync
import Foundation

/// Serves a few clients twice, alone and under siege: thousands of connections that only take places, a
/// thousand that are slow on purpose, and bodies that explode. The clients must hardly notice, the server
/// must stay within its memory, and nothing that it acknowledged may be lost.
enum SiegeTorture {
    /// Clients that write at the pace of people at tills.
    private static let clients = 16
    /// Under siege 99 of 100 requests may take so many times what they take alone.
    private static let slowdown = 3.0
    /// A phase that is shorter, in milliseconds, says nothing about times.
    private static let tellingPhase = 5_000
    /// Seconds in which all besiegers must have come.
    private static let gathering = 120

    /// Carries it out.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let room = options.idle + options.slow + clients + 100
        return try await LoadTrial.run(
            "siege", options, arguments: ["--max-connections", "\(max(12_000, room))"],
            expected: [], progress: progress
        ) { (trial, round) async throws(TortureFailure) in
            let server = trial.site.server
            let bombs = try Bombs(
                at: trial.site.streams[0].description, of: server.address.current,
                token: server.token)
            let alone = await serve(round, in: &trial, throwing: nil)
            let besiegers = Besiegers(
                port: Int(server.address.current.split(separator: ":").last ?? "") ?? 0,
                token: server.token, streams: trial.site.streams.map(\.description),
                idle: options.idle, slow: options.slow)
            await besiegers.gather(within: gathering)
            let besieged = await serve(round, in: &trial, throwing: bombs)
            let counts = besiegers.counts
            await besiegers.end()
            let siege = TortureReport.Siege(
                idle: counts.idle, slow: counts.slow, thrownOut: counts.thrownOut,
                requestsAlone: alone.calls, requestsBesieged: besieged.calls,
                p99Alone: alone.p99, p99Besieged: besieged.p99)
            trial.report.sieges.append(siege)
            judge(siege, round, options, trial.site.findings)
        }
    }

    private static func judge(
        _ siege: TortureReport.Siege, _ round: Int, _ options: TortureOptions,
        _ findings: FindingList
    ) {
        if siege.idle < options.idle || siege.slow < options.slow * 9 / 10 {
            findings.add(
                .answer, "round \(round)",
                "\(siege.idle) idle and \(siege.slow) slow connections were there: too few to tell")
        }
        if options.phase >= tellingPhase, siege.p99Besieged > siege.p99Alone * slowdown {
            findings.add(
                .recovery, "round \(round)",
                "99 of 100 requests took \(siege.p99Besieged) ms under siege, and "
                    + "\(siege.p99Alone) ms alone")
        }
    }

    /// A few clients write for a while, and bombs are thrown: how many requests, and their p99 in milliseconds.
    private static func serve(
        _ round: Int, in trial: inout LoadTrial, throwing bombs: Bombs?
    ) async -> (calls: Int, p99: Double) {
        let site = trial.site
        let crowd = Crowd(site.server.address.current)
        let timed = TimedTransport(crowd)
        let writers = trial.writers(
            clients, round: round, phase: bombs == nil ? 0 : 1,
            over: WitnessTransport(network: timed, record: site.record, tally: site.tally))
        let deadline = ContinuousClock.now + .milliseconds(site.options.phase)
        let thrower = bombs.map { bombs in
            Task { [findings = site.findings] in
                await bombs.keepThrowing(until: deadline, from: "round \(round)", findings)
            }
        }
        await trial.write(writers, over: crowd) { ContinuousClock.now < deadline }
        for (name, count) in await thrower?.value ?? [:] {
            trial.report.done[name, default: 0] += count
        }
        await crowd.close()
        return timed.summary
    }
}
