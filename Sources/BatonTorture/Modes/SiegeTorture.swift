import BatonCore
import BatonSync
import Foundation

/// Serves a few clients twice, alone and under siege: thousands of connections that only take places, a
/// thousand that are slow on purpose, and bodies that explode. The clients must hardly notice, the server
/// must stay within its memory, and nothing that it acknowledged may be lost.
struct SiegeTorture {
    private let site: TortureSite
    private var report: TortureReport
    private var audit: LogAudit
    private let bombs: Bombs

    /// Clients that write at the pace of people at tills.
    private static let clients = 16
    /// Under siege 99 of 100 requests may take so many times what they take alone.
    private static let slowdown = 3.0
    /// A phase that is shorter, in milliseconds, says nothing about times.
    private static let tellingPhase = 5_000
    /// Seconds in which all besiegers must have come.
    private static let gathering = 120
    private static let patience = 60_000

    /// Carries it out.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let room = options.idle + options.slow + clients + 100
        let site = try TortureSite(
            options, arguments: ["--max-connections", "\(max(12_000, room))"])
        var report = TortureReport(mode: "siege", options: options)
        let begun = ContinuousClock.now
        guard try await site.startServer(0) else {
            site.complete(&report, begun: begun)
            return report
        }
        var torture = SiegeTorture(
            site: site, report: report,
            audit: LogAudit(site.streams, record: site.record, reader: site.reader),
            bombs: try Bombs(
                at: site.streams[0].description, of: site.server.address.current,
                token: site.server.token))
        try await torture.run(progress)
        site.complete(&torture.report, begun: begun)
        return torture.report
    }

    private mutating func run(_ progress: (Int) -> Void) async throws(TortureFailure) {
        let process = site.server.identifier ?? 0
        report.memoryBefore = ProcessMemory.resident(process) ?? 0
        for round in 1...max(1, site.options.rounds) {
            let alone = await serve(round: round, isBesieged: false)
            let besiegers = Besiegers(
                port: Int(site.server.address.current.split(separator: ":").last ?? "") ?? 0,
                token: site.server.token, streams: site.streams.map(\.description),
                idle: site.options.idle, slow: site.options.slow)
            await besiegers.gather(within: Self.gathering)
            let besieged = await serve(round: round, isBesieged: true)
            let counts = besiegers.counts
            await besiegers.end()
            report.sieges.append(
                TortureReport.Siege(
                    idle: counts.idle, slow: counts.slow, thrownOut: counts.thrownOut,
                    requestsAlone: alone.calls, requestsBesieged: besieged.calls,
                    p99Alone: alone.p99, p99Besieged: besieged.p99))
            judge(round, alone.p99, besieged.p99, counts)
            let taken = await Probe(site).await(.accepted, within: Self.patience)
            if taken != .accepted {
                site.findings.add(
                    .recovery, "round \(round)", "after the siege a write was answered \(taken)")
            }
            site.findings.add(await audit.goOn())
            report.rounds = round
            progress(round)
        }
        if site.server.hasEnded {
            site.findings.add(.process, "siege", "the server ended; \(site.server.complaints)")
        }
        if report.mostMemory > site.options.memoryBound {
            site.findings.add(
                .memory, "siege",
                "\(report.mostMemory >> 20) MiB were in use, \(site.options.memoryBound >> 20) may be"
            )
        }
        report.checkedEntries = audit.entries
        try await site.stopServer(report.rounds)
        site.findings.add(await FileCheck.findings(in: site.server.data))
        site.findings.add(site.tally.findings(expected: [], place: "siege"))
    }

    private func judge(
        _ round: Int, _ alone: Double, _ besieged: Double,
        _ counts: (idle: Int, slow: Int, thrownOut: Int)
    ) {
        if counts.idle < site.options.idle || counts.slow < site.options.slow * 9 / 10 {
            site.findings.add(
                .answer, "round \(round)",
                "\(counts.idle) idle and \(counts.slow) slow connections were there: too few to tell"
            )
        }
        if site.options.phase >= Self.tellingPhase, besieged > alone * Self.slowdown {
            site.findings.add(
                .recovery, "round \(round)",
                "99 of 100 requests took \(besieged) ms under siege, and \(alone) ms alone")
        }
    }

    /// A few clients write for a while: how many requests, and their p99 in milliseconds.
    private mutating func serve(
        round: Int, isBesieged: Bool
    ) async -> (calls: Int, p99: Double) {
        let crowd = Crowd(site.server.address.current)
        let timed = TimedTransport(crowd)
        let transport = WitnessTransport(network: timed, record: site.record, tally: site.tally)
        let streams = site.streams
        let writers = (0..<Self.clients).map { index in
            // Numbers of their own in each round and phase, so that no mark comes twice.
            let writer = (round * 2 + (isBesieged ? 1 : 0)) * 100_000 + index
            return ThinWriter(
                writer: writer, stream: streams[index % streams.count], transport: transport,
                token: site.server.token,
                chance: Chance(seed: site.options.seed, for: "client \(writer)"),
                findings: site.findings)
        }
        let process = site.server.identifier ?? 0
        let thrower =
            isBesieged
            ? Task { [bombs, place = "round \(round)", findings = site.findings] in
                await bombs.keepThrowing(from: place, findings)
            } : nil
        var most = 0
        await withTaskGroup(of: Void.self) { group in
            for writer in writers { group.addTask { await writer.run() } }
            let deadline = ContinuousClock.now + .milliseconds(site.options.phase)
            while ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(100))
                most = max(most, ProcessMemory.resident(process) ?? 0)
            }
            for writer in writers { writer.stop() }
        }
        thrower?.cancel()
        report.mostMemory = max(report.mostMemory, most)
        for (name, count) in await thrower?.value ?? [:] { report.done[name, default: 0] += count }
        await crowd.close()
        return timed.summary
    }
}
