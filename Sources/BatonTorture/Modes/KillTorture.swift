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
        try await fleet.writing { () async throws(TortureFailure) in
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
        try await settle(fleet, &audit)
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

    private mutating func settle(
        _ fleet: Fleet, _ audit: inout LogAudit
    ) async throws(TortureFailure) {
        guard !site.server.hasEnded else { return try await fleet.close() }
        report.comparedDevices = try await fleet.converge()
        site.findings.add(await audit.goOn())
        for device in fleet.devices {
            site.findings.add(
                audit.check(writer: device.writer, of: device.stream, through: device.writes))
        }
        for writer in fleet.thinWriters {
            site.findings.add(
                audit.check(writer: writer.writer, of: writer.stream, through: writer.writes))
        }
        report.checkedEntries = audit.entries
        report.foldedEntries = audit.folded
        try await fleet.close()
        try await site.stopServer(site.options.rounds)
        site.findings.add(await FileCheck.findings(in: site.server.data))
        site.findings.add(
            site.tally.findings(expected: ["overloaded"], place: "under kill -9"))
    }

    private mutating func finished(_ begun: ContinuousClock.Instant) -> TortureReport {
        site.complete(&report, begun: begun)
        return report
    }
}

extension AnswerTally {
    /// Problem answers that nothing which was done explains.
    func findings(expected: Set<String>, place: String) -> [TortureFinding] {
        problems.filter { !expected.contains($0.key) }.sorted { $0.key < $1.key }.map {
            TortureFinding(
                .answer, place,
                "\($0.value) answers were \($0.key): \(details[$0.key] ?? "")")
        }
    }
}
