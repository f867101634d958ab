import BatonCore
import BatonSync
import Foundation
import Synchronization

/// Asks far more of a server than it may take on: writers who do not wait, pulls and live answers
/// that nobody reads. It must refuse what is too much, stay within its memory, go on serving as
/// much as it can, and lose nothing of what it acknowledged.
struct OverloadTorture {
    private let site: TortureSite
    private var report: TortureReport
    private var audit: LogAudit

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
    /// How long the server may take to come back to work when the crowd has gone, in milliseconds.
    private static let patience = 60_000

    /// Carries it out.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let site = try TortureSite(options, arguments: arguments(for: options.crowd))
        let report = TortureReport(mode: "overload", options: options)
        let begun = ContinuousClock.now
        guard try await site.startServer(0) else {
            var report = report
            site.complete(&report, begun: begun)
            return report
        }
        var torture = OverloadTorture(
            site: site, report: report,
            audit: LogAudit(site.streams, record: site.record, reader: site.reader))
        try await torture.run(progress)
        site.complete(&torture.report, begun: begun)
        return torture.report
    }

    private mutating func run(_ progress: (Int) -> Void) async throws(TortureFailure) {
        let process = site.server.identifier ?? 0
        report.memoryBefore = ProcessMemory.resident(process) ?? 0
        for round in 1...max(1, site.options.rounds) {
            let calm = try await writes(by: Self.few, round: round, staring: 0)
            let crowded = try await writes(
                by: site.options.crowd, round: round, staring: site.options.crowd / 10)
            report.writesPerSecond.append(
                TortureReport.Throughput(calm: calm, crowded: crowded))
            if site.options.phase >= Self.tellingPhase, crowded < calm / Self.collapse {
                site.findings.add(
                    .recovery, "round \(round)",
                    "\(crowded) writes a second were taken from \(site.options.crowd) clients, "
                        + "and \(calm) from \(Self.few)")
            }
            let taken = await Probe(site).await(.accepted, within: Self.patience)
            if taken != .accepted {
                site.findings.add(
                    .recovery, "round \(round)", "with the crowd gone a write was answered \(taken)"
                )
            }
            site.findings.add(await audit.goOn())
            report.rounds = round
            progress(round)
        }
        if site.server.hasEnded {
            site.findings.add(
                .process, "overload", "the server ended; \(site.server.complaints)")
        }
        if report.mostMemory > site.options.memoryBound {
            site.findings.add(
                .memory, "overload",
                "\(report.mostMemory >> 20) MiB were in use, \(site.options.memoryBound >> 20) may be"
            )
        }
        report.checkedEntries = audit.entries
        try await site.stopServer(report.rounds)
        site.findings.add(await FileCheck.findings(in: site.server.data))
        site.findings.add(
            site.tally.findings(expected: ["overloaded", "limit-exceeded"], place: "overload"))
    }

    /// So many clients write for a while, others ask and do not read: writes a second that were
    /// acknowledged.
    private mutating func writes(
        by clients: Int, round: Int, staring: Int
    ) async throws(TortureFailure) -> Int {
        let crowd = Crowd(site.server.address.current)
        let transport = WitnessTransport(network: crowd, record: site.record, tally: site.tally)
        let before = site.record.counts.thin
        let begun = ContinuousClock.now
        let process = site.server.identifier ?? 0
        let writers = (0..<clients).map { index in
            let streams = site.streams
            // Numbers of their own in each round and phase, so that no mark comes twice.
            let writer = (round * 2 + (staring > 0 ? 1 : 0)) * 100_000 + index
            return ThinWriter(
                writer: writer, stream: streams[index % streams.count], transport: transport,
                token: site.server.token,
                chance: Chance(seed: site.options.seed, for: "crowd \(writer)"),
                findings: site.findings, pace: .hasty(padding: Self.padding))
        }
        var most = 0
        await withTaskGroup(of: Void.self) { group in
            for writer in writers { group.addTask { await writer.run() } }
            for index in 0..<staring {
                let call = stare(index)
                group.addTask { await crowd.stare(call) }
            }
            let deadline = begun + .milliseconds(site.options.phase)
            let latest = begun + .milliseconds(Self.gathering)
            while ContinuousClock.now < deadline
                || (staring > 0 && site.tally.problems.isEmpty && ContinuousClock.now < latest)
            {
                try? await Task.sleep(for: .milliseconds(50))
                most = max(most, ProcessMemory.resident(process) ?? 0)
            }
            group.cancelAll()
        }
        await crowd.close()
        report.mostMemory = max(report.mostMemory, most)
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        return Int(Double(site.record.counts.thin - before) / seconds)
    }

    /// A call whose answer is long, or has no end.
    private func stare(_ index: Int) -> SyncCall {
        let stream = site.streams[index % site.streams.count]
        return SyncCall(
            .get, "/v1/streams/\(stream)/" + (index % 2 == 0 ? "events" : "live"),
            headers: ["authorization": "Bearer \(site.server.token)"])
    }
}
