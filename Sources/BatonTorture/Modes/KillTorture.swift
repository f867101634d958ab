/// Kills the server at random moments under load, again and again.
struct KillTorture {
    private let site: TortureSite
    private let chance: Chance
    private var report: TortureReport

    /// Walks the files' hash chains once in so many rounds, and at the end.
    private static let chainRounds = 20

    /// Carries it out. `progress` hears of each round that is done.
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        var torture = KillTorture(
            site: try TortureSite(options), chance: Chance(seed: options.seed, for: "kills"),
            report: TortureReport(mode: "kill", options: options))
        return try await torture.run(progress)
    }

    private mutating func run(
        _ progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        let begun = ContinuousClock.now
        guard try await site.startServer(0) else { return finished(begun) }
        let fleet = try await Fleet(site)
        var audit = LogAudit(site.streams, record: site.record, reader: site.reader)
        let companions = Companions(site)
        try await fleet.writing { () async throws(TortureFailure) in
            try await companions.beside { () async throws(TortureFailure) in
                for round in 1...max(1, site.options.rounds) {
                    guard try await kill(round) else { return }
                    site.findings.add(await audit.goOn())
                    if round % Self.chainRounds == 0 {
                        site.findings.add(await FileCheck.findings(in: site.server.data))
                    }
                    report.rounds = round
                    progress(round)
                }
            }
        }
        report.done.merge(companions.deeds.all) { $0 + $1 }
        try await Settling(site: site, fleet: fleet).run(
            &audit, &report, expected: ["overloaded"])
        return finished(begun)
    }

    /// Lets the server live for a while, ends it in one of several ways, and starts it again. Whether
    /// it serves again.
    private mutating func kill(_ round: Int) async throws(TortureFailure) -> Bool {
        try? await Task.sleep(for: .milliseconds(chance.pick(20...site.options.longestLife)))
        if site.server.hasEnded {
            site.findings.add(
                .process, "round \(round)",
                "the server ended by itself; \(site.server.complaints)")
        }
        switch chance.pick(0...9) {
        case 0:
            report.count("stopped cleanly")
            try await site.stopServer(round)
        case 1:
            report.count("killed")
            try await site.server.kill()
            for _ in 0..<chance.pick(1...3) {
                report.count("killed while starting")
                try await site.server.startAndKill(after: chance.pick(0...150))
            }
        default:
            report.count("killed")
            try await site.server.kill()
        }
        return try await site.startServer(round)
    }

    private mutating func finished(_ begun: ContinuousClock.Instant) -> TortureReport {
        site.complete(&report, begun: begun)
        return report
    }
}
