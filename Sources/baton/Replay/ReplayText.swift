import BatonReplay

/// A replay's report as text for people.
enum ReplayText {
    static func text(of report: ReplayReport) -> String {
        var parts = [data(report.data), outcome(report)]
        if !report.comparison.differences.isEmpty {
            let shown = report.comparison.differences.prefix(10).map { "  " + $0 }
            let isWrong = report.mode.name == "online"
            parts.append(
                (isWrong
                    ? "different from the plain count:"
                    : "different from the plain count, where concurrency decided:")
                    + "\n" + shown.joined(separator: "\n") + more(report.comparison.different, 10))
        }
        for (title, names, count) in [
            ("diverged:", report.devices.divergedNames, report.devices.diverged),
            ("lost:", report.events.lostDots, report.events.lost),
            ("doubled:", report.events.doubledDots, report.events.doubled),
            (
                "troubles:", counts(report.devices.troubles), report.devices.troubles.count
            ),
        ] where count > 0 {
            parts.append(
                title + "\n" + names.prefix(10).map { "  " + $0 }.joined(separator: "\n")
                    + more(count, 10))
        }
        parts.append(
            report.findings.isEmpty
                ? "all well" : "WRONG: " + report.findings.joined(separator: ", "))
        return parts.joined(separator: "\n\n")
    }

    private static func data(_ data: ReplayReport.Data) -> String {
        var rows = [["data set", data.kind]]
        for file in data.files {
            rows.append(["  \(file.role)", "\(file.name) (\(file.content))"])
        }
        rows.append(["rows read", "\(data.rowsRead)"])
        rows.append(["rows skipped", sum(data.skipped)])
        for problem in data.problems.prefix(5) { rows.append(["", problem]) }
        for note in data.notes {
            let place = note.example.map { ", first in \($0)" } ?? ""
            rows.append(["  \(note.count) × \(note.name)", note.explanation + place])
        }
        rows.append(["actions", list(data.actions)])
        if !data.unknownTypes.isEmpty {
            rows.append(["unknown types", list(data.unknownTypes)])
        }
        return table(rows)
    }

    private static func outcome(_ report: ReplayReport) -> String {
        let (devices, events) = (report.devices, report.events)
        let mode =
            report.mode.offline.map { "offline \($0) of the time, seed \(report.mode.seed)" }
            ?? report.mode.name
        var rows = [
            ["mode", mode],
            ["people", "\(report.data.people)"],
            ["devices", "\(devices.sdk) with the SDK, \(devices.thin) thin"],
            ["  compared", "\(devices.compared)"],
            ["  diverged", "\(devices.diverged)"],
            ["actions to write", "\(events.due)"],
            ["  events written", "\(events.written)"],
            ["  nothing to change", "\(events.unchanging)"],
            ["  waited for an order", "\(events.deferred), in vain \(events.neverPossible)"],
            ["  refused", sum(events.refused)],
            ["events in the log", "\(events.kept)"],
            ["  lost", "\(events.lost)"],
            ["  doubled", "\(events.doubled)"],
            ["duplicates absorbed", "\(events.duplicatesAbsorbed)"],
            ["conflicts open", sum(events.openConflicts)],
        ]
        for (name, compared) in [
            ("carts", report.comparison.carts), ("orders", report.comparison.orders),
            ("profiles", report.comparison.profiles),
        ] {
            rows.append([
                name,
                "\(compared.compared) compared with a plain count, \(compared.different) differ",
            ])
        }
        if report.mode.offline != nil {
            rows.append(["faults", list(report.network.faults)])
            rows.append(["restarts of clients", "\(report.network.restarts)"])
        }
        if !devices.healed.isEmpty { rows.append(["mended", list(devices.healed)]) }
        rows.append([
            "requests", "\(report.network.requests), unanswered \(report.network.unanswered)",
        ])
        rows.append([
            "time",
            "\(seconds(report.time.playing)) playing (\(Int(report.time.eventsPerSecond)) events a "
                + "second), \(seconds(report.time.settling)) settling and comparing",
        ])
        return table(rows)
    }

    private static func table(_ rows: [[String]]) -> String {
        let width = rows.map { $0[0].count }.max() ?? 0
        return rows.map { row in
            row[0] + String(repeating: " ", count: width - row[0].count + 2) + row[1]
        }.joined(separator: "\n")
    }

    private static func sum(_ counts: [String: Int]) -> String {
        let total = counts.values.reduce(0, +)
        return counts.isEmpty ? "0" : "\(total) (\(list(counts)))"
    }

    private static func list(_ counts: [String: Int]) -> String {
        self.counts(counts).joined(separator: ", ")
    }

    private static func counts(_ counts: [String: Int]) -> [String] {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    }

    private static func more(_ count: Int, _ shown: Int) -> String {
        count > shown ? "\n  … and \(count - shown) more; --json has up to a hundred" : ""
    }

    private static func seconds(_ seconds: Double) -> String {
        "\((seconds * 10).rounded() / 10) s"
    }
}
