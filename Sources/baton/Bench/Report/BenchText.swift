/// The report as text.
enum BenchText {
    static func text(of report: BenchReport) -> String {
        let machine = report.machine
        var parts = [
            """
            \(machine.processors) × \(machine.processor), \
            \(Quantity.text(machine.memoryBytes, .bytes)) of memory, \(machine.system), \
            \(machine.fileSystem); \(Quantity.digits(machine.loadBefore)) threads ran before
            """
        ]
        if report.scale != .full {
            parts.append(
                "Measured at scale \(report.scale.rawValue): figures say little, bars nothing.")
        }
        parts += report.sections.map(text)
        let bars = report.bars
        if !bars.isEmpty {
            parts.append("\(bars.filter(\.isMet).count) of \(bars.count) bars are met.")
        }
        return parts.joined(separator: "\n\n")
    }

    private static func text(of section: SectionReport) -> String {
        let rows = section.order.map { figure -> [String] in
            let values = section.figures[figure.key]?.runs ?? []
            let bar = section.bars.first { $0.figure == figure.key }
            let judged = bar.map { ($0.isMet ? "met: " : "MISSED: ") + $0.need } ?? ""
            let spread =
                values.count > 1
                ? "\(figure.text(values.min() ?? 0)) to \(figure.text(values.max() ?? 0))" : ""
            return ["  " + figure.title, figure.text(section[figure]), spread, judged]
        }
        let runs = section.runs == 1 ? "one run" : "median of \(section.runs) runs"
        return "\(section.title) (\(section.name), \(runs))\n"
            + Output.table(["  ", "median", "runs", ""], rows)
    }
}
