import BatonSimulation

/// A simulation's report for people.
enum SimulationText {
    /// The whole report; the same for the same seeds.
    static func text(of report: SimulationReport) -> String {
        let happened = report.happened
        let first = report.findings.map(text(of:))
        let lines = [
            "\(report.seeds) seeds from \(report.from): \(report.deviceHours) device-hours, of "
                + "them \(report.awakeHours) in use",
            "writes       \(happened.writes) on devices, \(happened.thinWrites) at kiosks; "
                + "\(happened.events) entries in logs, \(happened.refusals) of them refused",
            "network      \(happened.requests) requests, \(happened.liveAnswers) live messages; "
                + "\(happened.lostMessages) lost, \(happened.doubledMessages) doubled, "
                + "\(happened.partitions) partitions",
            "crashes      \(happened.deviceCrashes) of devices, \(happened.serverCrashes) of "
                + "servers; \(happened.fullDisks) full disks",
            "backups      \(happened.restores) times a lost log was made anew from one; "
                + "\(happened.logsReplaced) times a device found that, and brought back what it kept",
            "clocks       \(happened.clocksSet) set on devices, \(happened.serverClocksSet) on the "
                + "server; \(happened.clocksCorrected) corrected",
            "copies       \(happened.clones) disks copied, \(happened.replicasReplaced) ids replaced",
            "compaction   \(happened.compactions) runs, \(happened.snapshotsTaken) snapshots taken",
            "adoption     \(happened.logins) asked for, \(happened.adoptions) done; "
                + "\(happened.moves) times a device went on in the adopting stream",
            "upgrades     \(happened.upgrades), and \(happened.schemasLearned) times schemas were "
                + "learned; \(happened.statesReplaced) states replaced",
            "findings     \(report.findings.count)",
        ]
        return (lines + first).joined(separator: "\n")
    }

    private static func text(of finding: SimulationReport.Finding) -> String {
        var lines = [
            "", "seed \(finding.seed): \(finding.promise)", "  where     \(finding.place)",
            "  expected  \(finding.expected)", "  found     \(finding.found)",
        ]
        if !finding.trace.isEmpty {
            lines.append("  the shortest trace found, of \(finding.steps) steps:")
            lines += finding.trace.map { "    " + $0 }
        }
        lines.append("  replay    baton simulate --seed \(finding.seed)")
        return lines.joined(separator: "\n")
    }
}
