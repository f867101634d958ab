import BatonCore
import BatonSync
import Foundation

/// What a torture by load begins and ends with: a server that nobody kills, rounds of whatever is asked of it,
/// then a write that it must take, and a look at its memory, its log and its files.
struct LoadTrial {
    let site: TortureSite
    var report: TortureReport
    private let mode: String
    private var audit: LogAudit

    /// How long the server may take to come back to work when the load has gone, in milliseconds.
    private static let patience = 60_000

    /// Runs the rounds against a server with these arguments. `expected` are the problems that it may answer.
    static func run(
        _ mode: String, _ options: TortureOptions, arguments: [String], expected: Set<String>,
        progress: (Int) -> Void,
        round: (inout LoadTrial, Int) async throws(TortureFailure) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let site = try TortureSite(options, arguments: arguments)
        let begun = ContinuousClock.now
        var report = TortureReport(mode: mode, options: options)
        if try await site.startServer(0) {
            // The server has made its token only now.
            var trial = LoadTrial(
                site: site, report: report, mode: mode,
                audit: LogAudit(site.streams, record: site.record, reader: site.reader))
            trial.report.memoryBefore = trial.memory
            for number in 1...max(1, options.rounds) {
                try await round(&trial, number)
                await trial.endRound(number)
                progress(number)
            }
            try await trial.end(expected)
            report = trial.report
        }
        site.complete(&report, begun: begun)
        return report
    }

    /// Thin clients write while `more` tells so, and `unread` calls are made whose answers nobody reads; the
    /// most memory that the server had meanwhile is noted.
    mutating func write(
        _ writers: [ThinWriter], unread: [SyncCall] = [], over crowd: Crowd, while more: () -> Bool
    ) async {
        var most = 0
        let memory = { [self] in self.memory }
        await withTaskGroup(of: Void.self) { group in
            for writer in writers { group.addTask { await writer.run() } }
            for call in unread { group.addTask { await crowd.stare(call) } }
            while more() {
                try? await Task.sleep(for: .milliseconds(50))
                most = max(most, memory())
            }
            for writer in writers { writer.stop() }
            if !unread.isEmpty { group.cancelAll() }
        }
        report.mostMemory = max(report.mostMemory, most)
    }

    /// Writers for a phase of a round, each with a number of its own, so that no mark comes twice.
    func writers(
        _ count: Int, round: Int, phase: Int, over transport: WitnessTransport,
        pace: ThinWriter.Pace = .calm
    ) -> [ThinWriter] {
        (0..<count).map { index in
            let writer = (round * 2 + phase) * 100_000 + index
            return ThinWriter(
                writer: writer, stream: site.streams[index % site.streams.count],
                transport: transport, token: site.server.token,
                chance: Chance(seed: site.options.seed, for: "\(mode) \(writer)"),
                findings: site.findings, pace: pace)
        }
    }

    private var memory: Int { ProcessMemory.resident(site.server.identifier ?? 0) ?? 0 }

    private mutating func endRound(_ number: Int) async {
        let taken = await Probe(site).await(.accepted, within: Self.patience)
        if taken != .accepted {
            site.findings.add(
                .recovery, "round \(number)", "with the load gone a write was answered \(taken)")
        }
        site.findings.add(await audit.goOn())
        report.rounds = number
    }

    private mutating func end(_ expected: Set<String>) async throws(TortureFailure) {
        if site.server.hasEnded {
            site.findings.add(.process, mode, "the server ended; \(site.server.complaints)")
        }
        if report.mostMemory > site.options.memoryBound {
            site.findings.add(
                .memory, mode,
                "\(report.mostMemory >> 20) MiB were in use, \(site.options.memoryBound >> 20) may be"
            )
        }
        report.checkedEntries = audit.entries
        try await site.stopServer(report.rounds)
        site.findings.add(await FileCheck.findings(in: site.server.data))
        site.findings.add(site.tally.findings(expected: expected, place: mode))
    }
}
