import Foundation

/// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
/// It is well-formed XML, too.
struct BenchPage {
    let report: BenchReport
    /// The charts of each section.
    let charts: [[Chart]]

    /// The page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>Baton: measured</title>
        <style>\(BenchStyle.text)</style>
        </head>
        <body>
        <main>
        \(header)
        \(tiles)
        \(report.bars.isEmpty ? "" : summary)
        \(zip(report.sections, charts).map(section).joined(separator: "\n"))
        \(footer)
        </main>
        </body>
        </html>

        """
    }

    private var header: String {
        let machine = report.machine
        let date = ISO8601DateFormatter().string(
            from: Date(timeIntervalSince1970: Double(machine.measuredAt)))
        let facts = [
            "\(machine.processors) × \(machine.processor)",
            "\(Quantity.text(machine.memoryBytes, .bytes)) of memory", machine.system,
            machine.fileSystem, "\(Quantity.digits(machine.loadBefore)) threads ran before",
            report.version, date,
        ]
        let warning =
            report.scale == .full
            ? ""
            : """
            <p class="warning">Measured at scale “\(report.scale.rawValue)”: this shows that \
            everything runs; the figures say little, the bars nothing.</p>
            """
        return """
            <header>
            <h1>Baton, measured</h1>
            <p class="facts">\(facts.map(SVG.escaped).joined(separator: " · "))</p>
            \(warning)
            </header>
            """
    }

    /// What one would tell somebody who has a minute.
    private var tiles: String {
        let tiles = report.sections.compactMap { section -> String? in
            guard let figure = section.headline else { return nil }
            return """
                <a class="tile" href="#\(section.name)">\
                <span>\(SVG.escaped(section.title))</span>\
                <b>\(SVG.escaped(figure.text(section[figure])))</b>\
                <span>\(SVG.escaped(figure.title))</span></a>
                """
        }
        return "<div class=\"tiles\">\(tiles.joined(separator: "\n"))</div>"
    }

    private var summary: String {
        let met = report.bars.filter(\.isMet).count
        let rows = report.sections.flatMap { section in
            section.bars.enumerated().map { index, bar in
                """
                <tr>
                <td>\(mark(bar.isMet))</td>
                <td>\(index > 0 ? "" : link(section))</td>
                <td>\(SVG.escaped(bar.title))</td>
                <td class="value">\(SVG.escaped(bar.measured))</td>
                <td>\(SVG.escaped(bar.need))</td>
                </tr>
                """
            }
        }
        return """
            <section class="card">
            <h2>\(met) of \(report.bars.count) bars met</h2>
            <div class="wide"><table>
            <thead><tr><th></th><th>measurement</th><th>figure</th>\
            <th class="value">measured</th><th>needed</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            </section>
            """
    }

    private func link(_ section: SectionReport) -> String {
        "<a href=\"#\(section.name)\">\(SVG.escaped(section.title))</a>"
    }

    private func section(_ section: SectionReport, _ charts: [Chart]) -> String {
        let bars = section.bars.map { bar in
            """
            <li class="\(bar.isMet ? "met" : "missed")">\(mark(bar.isMet)) \
            \(SVG.escaped(bar.title)): <b>\(SVG.escaped(bar.measured))</b> \
            <span class="need">\(SVG.escaped(bar.need))</span></li>
            """
        }
        let drawings = charts.map { chart -> String in
            let (title, element, style): (String, String, String) =
                switch chart {
                case .bars(let chart): (chart.title, chart.element, "bars-chart")
                case .curves(let chart): (chart.title, chart.element, "curves-chart")
                }
            return """
                <figure class="\(style)">
                <figcaption>\(SVG.escaped(title))</figcaption>
                \(element)
                </figure>
                """
        }
        return """
            <section class="card" id="\(section.name)">
            <h2>\(SVG.escaped(section.title))</h2>
            <p class="explanation">\(SVG.escaped(section.explanation))</p>
            \(bars.isEmpty ? "" : "<ul class=\"bars\">\(bars.joined(separator: "\n"))</ul>")
            <div class="charts">
            \(drawings.joined(separator: "\n"))
            </div>
            \(table(section))
            </section>
            """
    }

    private func table(_ section: SectionReport) -> String {
        let rows = section.order.map { figure -> String in
            let runs = section.figures[figure.key]?.runs ?? []
            return """
                <tr><td>\(SVG.escaped(figure.title))</td>\
                <td class="value">\(SVG.escaped(figure.text(section[figure])))</td>\
                <td class="runs">\(SVG.escaped(runs.map(figure.text).joined(separator: " · ")))</td>\
                </tr>
                """
        }
        let count = section.runs == 1 ? "one run" : "medians of \(section.runs) runs"
        return """
            <details><summary>All figures, \(count)</summary>
            <div class="wide"><table>
            <thead><tr><th>figure</th><th class="value">median</th><th>runs</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            </details>
            """
    }

    private var footer: String {
        """
        <footer>
        <p>Every figure stands beside the limit it is held against, measured in the same run on the
        same machine, with the load generator beside the server. Made by
        <code>baton bench all --html FILE</code>.</p>
        </footer>
        """
    }

    private func mark(_ isMet: Bool) -> String {
        isMet
            ? "<span class=\"mark-met\" title=\"met\">✓</span>"
            : "<span class=\"mark-missed\" title=\"missed\">✗</span>"
    }
}
