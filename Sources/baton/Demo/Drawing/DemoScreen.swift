/// What the demo draws: lines from a model, and nothing else.
enum DemoScreen {
    /// The least that it needs.
    static let least = TerminalSize(columns: 80, rows: 24)
    /// Rows of a client: name, standing, counts, four articles, note, two orders.
    static let panelRows = 10
    private static let separator = StyledText(" │ ", .dim)

    /// The whole screen: as many lines as it has rows, each as wide as it is.
    static func lines(_ model: DemoModel, _ view: DemoView, size: TerminalSize) -> [StyledText] {
        guard size.columns >= least.columns, size.rows >= least.rows else {
            return tooSmall(size).prefix(size.rows).map { $0.fitted(to: size.columns) }
        }
        let help = DemoKey.help(width: size.columns).map { StyledText($0, .dim) }
        let title = StyledText("baton demo", .bold) + StyledText("  one customer, three devices")
        let fixed = 1 + panelRows + 2 + 1 + help.count
        let room = size.rows - fixed
        let troubleRows = max(2, room * 2 / 5)
        var lines = [title] + panels(model, view, width: size.columns)
        lines.append(heading("log", width: size.columns))
        lines += tail(model.log.map(line), room - troubleRows, empty: "nothing yet")
        lines.append(heading("conflicts, and what healed", width: size.columns))
        lines += tail(troubles(model), troubleRows, empty: "none")
        lines.append(message(view))
        lines += help
        return lines.map { $0.fitted(to: size.columns) }
    }

    /// The same for a page: all of it, and no help.
    static func page(_ model: DemoModel, width: Int) -> [String] {
        var lines = panels(model, nil, width: width)
        lines.append(heading("log", width: width))
        lines += tail(model.log.map(line), max(1, model.log.count), empty: "nothing yet")
        lines.append(heading("conflicts, and what healed", width: width))
        let troubles = troubles(model)
        lines += tail(troubles, max(1, troubles.count), empty: "none")
        return lines.map { line in
            let text = line.width > width ? line.fitted(to: width).plain : line.plain
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func panels(
        _ model: DemoModel, _ view: DemoView?, width: Int
    ) -> [StyledText] {
        let count = max(1, model.panels.count)
        let column = (width - (count - 1) * separator.width) / count
        let columns = model.panels.enumerated().map { number, panel in
            DemoColumn(
                panel, number: number + 1, article: view?.selected == number ? view?.article : nil
            )
            .lines.map { $0.fitted(to: column) }
        }
        return (0..<panelRows).map { row in
            columns.dropFirst().reduce(columns.first?[row] ?? StyledText()) {
                $0 + separator + $1[row]
            }
        }
    }

    private static func heading(_ text: String, width: Int) -> StyledText {
        let rule = String(repeating: "─", count: max(0, width - text.count - 4))
        return StyledText("── ", .dim) + StyledText(text, .bold) + StyledText(" " + rule, .dim)
    }

    private static func line(_ entry: DemoModel.LogLine) -> StyledText {
        let offset = String(entry.offset)
        let blanks = String(repeating: " ", count: max(0, 4 - offset.count))
        return StyledText(blanks + offset) + StyledText("  ")
            + StyledText(entry.writer, .bold)
            .fitted(to: 7) + StyledText(entry.what)
    }

    private static func troubles(_ model: DemoModel) -> [StyledText] {
        model.healed.map { StyledText("healed    ", .good) + StyledText($0) }
            + model.conflicts.map { StyledText("conflict  ", .bad) + StyledText($0) }
    }

    /// The last ones of all lines, as many as fit, filled with empty ones.
    private static func tail(_ lines: [StyledText], _ rows: Int, empty: String) -> [StyledText] {
        let shown = lines.isEmpty ? [StyledText("  " + empty, .dim)] : Array(lines.suffix(rows))
        return shown + Array(repeating: StyledText(), count: max(0, rows - shown.count))
    }

    private static func message(_ view: DemoView) -> StyledText {
        guard let note = view.note else { return StyledText(view.message) }
        return StyledText("Note: ", .bold) + StyledText(note) + StyledText(" ", .reversed)
            + StyledText("  (Enter writes it, Escape does not)", .dim)
    }

    private static func tooSmall(_ size: TerminalSize) -> [StyledText] {
        [
            StyledText("Too small: \(size.columns)×\(size.rows).", .bold),
            StyledText("Needs \(least.columns)×\(least.rows)."),
            StyledText("Make it larger, or press q."),
        ]
    }
}
