/// One client of the demo as a column of the screen.
struct DemoColumn {
    private let panel: DemoModel.Panel
    private let number: Int
    private let article: Int?

    /// A column; with the chosen article where the client is the chosen one.
    init(_ panel: DemoModel.Panel, number: Int, article: Int?) {
        self.panel = panel
        self.number = number
        self.article = article
    }

    /// As many as ``DemoScreen/panelRows``.
    var lines: [StyledText] {
        [name, standing, counts] + articles + [note] + orders
    }

    private var name: StyledText {
        let text = " \(number) \(panel.seat.rawValue) "
        return article == nil ? StyledText(text, .bold) : StyledText(text + "◀ keys ", .reversed)
    }

    private var standing: StyledText {
        let style: TextStyle
        switch panel.standing {
        case .idle, .syncing: style = .plain
        case .upToDate: style = .good
        case .offline: style = .away
        case .failed: style = .bad
        }
        return StyledText(panel.standing.words, style)
    }

    private var counts: StyledText {
        var parts = [StyledText("\(panel.pending) pending", panel.pending > 0 ? .bold : .dim)]
        if panel.conflicts > 0 { parts.append(StyledText("\(panel.conflicts) conflict", .bad)) }
        if panel.refused > 0 { parts.append(StyledText("\(panel.refused) refused", .bad)) }
        return parts.dropFirst().reduce(parts[0]) { $0 + StyledText(", ") + $1 }
    }

    /// Four rows: the articles of the demo, then what else is in the cart, the last row for all that
    /// has no row of its own.
    private var articles: [StyledText] {
        let known = DemoArticle.all.map(\.sku)
        var rows = known.enumerated().map { index, sku in
            let quantity = panel.cart.first { $0.sku == sku }?.quantity
            let mark = article == index ? "▸ " : "  "
            return StyledText(mark, .bold)
                + StyledText(sku, quantity == nil ? .dim : .plain).fitted(to: 6)
                + StyledText(quantity.map(String.init) ?? "–", quantity == nil ? .dim : .bold)
        }
        let others = panel.cart.filter { !known.contains($0.sku) }
        if !others.isEmpty {
            let last = rows.removeLast()
            let text = others.map(\.text).joined(separator: " ")
            rows.append(last + StyledText("  and \(text)"))
        }
        return rows
    }

    private var note: StyledText {
        panel.note.map { StyledText("  note: \($0)") } ?? StyledText("  no note", .dim)
    }

    /// Two rows: the latest orders.
    private var orders: [StyledText] {
        let shown = panel.orders.suffix(2).map { order in
            StyledText("  \(order.id) ") + StyledText(order.status, .bold)
                + StyledText(" " + order.lines.map(\.text).joined(separator: " "))
        }
        if shown.isEmpty { return [StyledText("  no order", .dim), StyledText()] }
        return shown + Array(repeating: StyledText(), count: 2 - shown.count)
    }
}
