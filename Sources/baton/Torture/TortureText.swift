import BatonTorture

/// A torture's report for people.
enum TortureText {
    static func text(of report: TortureReport) -> String {
        var lines = [
            "mode          \(report.mode), seed \(report.seed), \(report.rounds) rounds, "
                + "\(Int(report.seconds)) s",
            "done          \(list(report.done))",
            "acknowledged  \(report.acknowledgedEvents) events of devices, "
                + "\(report.acknowledgedWrites) writes of thin clients",
            "requests      \(report.answers) answered, \(report.unanswered) never",
            "problems      \(report.problems.isEmpty ? "none" : list(report.problems))",
            "checked       \(report.checkedEntries) entries, \(report.foldedEntries) of them folded "
                + "by compaction before",
            "compared      \(report.comparedDevices) devices with the server's state",
            "slowest start \(report.slowestStart) ms",
        ]
        if report.mostMemory > 0 {
            lines.append(
                "memory        \(report.memoryBefore >> 20) MiB before, "
                    + "\(report.mostMemory >> 20) MiB at most")
        }
        if !report.writesPerSecond.isEmpty {
            let rates = report.writesPerSecond.map { "\($0.crowded) against \($0.calm)" }
            lines.append("writes/s      of the crowd, of a few: " + rates.joined(separator: "; "))
        }
        for siege in report.sieges {
            lines.append(
                "besieged by   \(siege.idle) idle and \(siege.slow) slow connections, "
                    + "\(siege.thrownOut) thrown out")
            lines.append(
                "p99           \(milliseconds(siege.p99Alone)) alone (\(siege.requestsAlone) requests), "
                    + "\(milliseconds(siege.p99Besieged)) besieged (\(siege.requestsBesieged))")
        }
        guard report.findingCount > 0 else {
            return (lines + ["nothing lost, nothing doubled, all the same"])
                .joined(separator: "\n")
        }
        lines.append("WRONG: \(report.findingCount) findings")
        lines += report.findings.prefix(20).map { "  \($0)" }
        if report.findingCount > 20 {
            lines.append("  … and \(report.findingCount - 20) more; --json has up to a hundred")
        }
        lines.append("all of it is in \(report.folder)")
        return lines.joined(separator: "\n")
    }

    private static func milliseconds(_ number: Double) -> String {
        "\((number * 100).rounded() / 100) ms"
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
