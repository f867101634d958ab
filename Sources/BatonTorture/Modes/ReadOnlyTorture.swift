import Foundation

/// Takes the server's right to write away: before it starts, and while it serves.
///
/// Before: the folder is mounted read-only, and the start must end and say so. While it serves: no
/// file of the process may grow or change any more (RLIMIT_FSIZE), and writes must be refused,
/// reads go on, and writes too once they can.
struct ReadOnlyTorture {
    private let site: TortureSite
    private let chance: Chance
    private var report: TortureReport

    private static let patience = 15_000
    /// What a write may be answered while nothing can be written.
    private static let refusals: Set = ["storage-failed", "storage-full"]

    /// Carries it out, within mounts of its own (``OwnMounts``).
    static func run(
        _ options: TortureOptions, progress: (Int) -> Void
    ) async throws(TortureFailure) -> TortureReport {
        var torture = ReadOnlyTorture(
            site: try TortureSite(options), chance: Chance(seed: options.seed, for: "rights"),
            report: TortureReport(mode: "read-only", options: options))
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
                try? await Task.sleep(
                    for: .milliseconds(chance.pick(50...site.options.longestLife)))
                site.findings.add(await audit.goOn())
                if chance.percent(70) {
                    try await takeRightsAway(round, audit)
                } else {
                    try await startReadOnly(round)
                }
                guard !site.server.hasEnded else { return }
                report.rounds = round
                progress(round)
            }
        }
        try await Settling(site: site, fleet: fleet).run(
            &audit, &report, expected: Self.refusals.union(["overloaded"]))
        return finished(begun)
    }

    private mutating func takeRightsAway(
        _ round: Int, _ audit: LogAudit
    ) async throws(TortureFailure) {
        guard let process = site.server.identifier else { return }
        let probe = Probe(site)
        report.count("made read-only while serving")
        try SystemTool.run(["prlimit", "--pid", "\(process)", "--fsize=0:"])
        let deadline = ContinuousClock.now + .milliseconds(Self.patience)
        var answer = await probe.await(.none, within: 0)
        while answer == .accepted, ContinuousClock.now < deadline {
            answer = await probe.await(.none, within: 0)
        }
        if case .refused(let slug) = answer, Self.refusals.contains(slug) {
            await probe.read("round \(round), read-only", audit)
        } else {
            site.findings.add(
                .answer, "round \(round)",
                "with files that cannot be written a write was answered \(answer)")
        }
        guard !site.server.hasEnded else {
            site.findings.add(
                .process, "round \(round)",
                "the server ended when it could not write; \(site.server.complaints)")
            _ = try await site.startServer(round)
            return
        }
        try SystemTool.run(["prlimit", "--pid", "\(process)", "--fsize=unlimited:"])
        let taken = await probe.await(.accepted, within: Self.patience)
        if taken != .accepted {
            site.findings.add(
                .recovery, "round \(round)",
                "with files that can be written again a write was still answered \(taken)")
        }
    }

    private mutating func startReadOnly(_ round: Int) async throws(TortureFailure) {
        report.count("started read-only")
        if chance.percent(50) {
            try await site.server.kill()
        } else {
            try await site.stopServer(round)
        }
        let data = site.server.data
        try SystemTool.run(["mount", "--bind", data, data])
        try SystemTool.run(["mount", "-o", "remount,ro,bind", data])
        switch try await site.server.start() {
        case .serving:
            let answer = await Probe(site).await(.none, within: 0)
            if case .refused(let slug) = answer, Self.refusals.contains(slug) {
            } else {
                site.findings.add(
                    .answer, "round \(round)",
                    "started on a read-only folder, the server answered a write \(answer)")
            }
            try await site.server.kill()
        case .ended(let status, let complaint):
            if status <= 0 || !complaint.contains(data) {
                site.findings.add(
                    .process, "round \(round)",
                    "on a read-only folder the server ended with status \(status) and did not "
                        + "name the folder; \(complaint)")
            }
        case .silent(let complaint):
            site.findings.add(
                .process, "round \(round)", "on a read-only folder the server hung; \(complaint)")
            try await site.server.kill()
        }
        try SystemTool.run(["umount", data])
        _ = try await site.startServer(round)
    }

    private mutating func finished(_ begun: ContinuousClock.Instant) -> TortureReport {
        site.complete(&report, begun: begun)
        return report
    }
}
