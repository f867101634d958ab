import Foundation

extension CurveChart {
    private static let height = 300.0
    private static let left = 58.0
    private static let right = 430.0
    private static let top = 14.0
    private static let bottom = 262.0

    /// Percentiles across, the rare ones as far apart as the common ones, and times up, each strong
    /// line ten times the one below.
    var element: String {
        var drawing = SVG(title: title, height: Self.height)
        let times = series.flatMap(\.milliseconds).filter { $0 > 0 } + marks.map(\.milliseconds)
        let low = log10((times.min() ?? 0.1) * 0.9)
        let high = max(low + 0.5, log10((times.max() ?? 1) * 1.15))
        func y(_ milliseconds: Double) -> Double {
            let place = (log10(max(milliseconds, 1e-6)) - low) / (high - low)
            return Self.bottom - max(0, min(1, place)) * (Self.bottom - Self.top)
        }
        grid(&drawing, low: low, high: high, y: y)
        for mark in marks {
            let (x, y) = (Self.x(mark.percentile), y(mark.milliseconds))
            drawing.line(x - 26, y, x + 26, y, "mark")
            drawing.label(x, y - 5, mark.label, .middle, "mark-label")
        }
        var labels: [(y: Double, name: String, style: String)] = []
        for (index, line) in series.enumerated() {
            let style = "series-\(index % 5)"
            let read = zip(line.percentiles, line.milliseconds).filter { $0.0 >= 5 }
            let points = read.map { (x: Self.x($0), y: y($1)) }
            drawing.path(points, "curve \(style)")
            for (percentile, time) in read where [50, 99].contains(percentile) {
                drawing.dot(
                    Self.x(percentile), y(time), "dot \(style)",
                    hint: "\(line.name), p\(Quantity.digits(percentile)): "
                        + Quantity.text(time, .milliseconds))
            }
            labels.append((points.last?.y ?? 0, line.name, style))
        }
        for (y, name, style) in Self.apart(labels) {
            drawing.label(Self.right + 10, y + 4, name, .start, "name \(style)")
        }
        return drawing.element
    }

    private func grid(
        _ drawing: inout SVG, low: Double, high: Double, y: (Double) -> Double
    ) {
        for power in Int(low.rounded(.down))...Int(high.rounded(.up)) {
            for step in [1.0, 2, 5] {
                let time = step * pow(10, Double(power))
                guard log10(time) >= low, log10(time) <= high else { continue }
                drawing.line(
                    Self.left, y(time), Self.right, y(time), step == 1 ? "grid major" : "grid")
                drawing.label(
                    Self.left - 8, y(time) + 4, Self.tick(step, power), .end, "tick")
            }
        }
        for percentile in [10.0, 50, 90, 99, 99.9] {
            let x = Self.x(percentile)
            drawing.line(x, Self.top, x, Self.bottom, "grid")
            drawing.label(
                x, Self.bottom + 18, "p" + Quantity.digits(percentile), .middle, "tick")
        }
        drawing.label(
            (Self.left + Self.right) / 2, Self.bottom + 34, "share of requests answered by then",
            .middle, "tick")
    }

    /// `step` × 10 to the `power` milliseconds, with no zero too many.
    private static func tick(_ step: Double, _ power: Int) -> String {
        let time = step * pow(10, Double(power))
        if time >= 1 { return Quantity.text(time, .milliseconds) }
        return "0." + String(repeating: "0", count: -power - 1) + String(Int(step)) + " ms"
    }

    /// By the log of the odds: as far from p90 to p99 as, nearly, from p99 to p99.9.
    private static func x(_ percentile: Double) -> Double {
        func odds(_ percentile: Double) -> Double { log(percentile / (100 - percentile)) }
        let place = (odds(percentile) - odds(5)) / (odds(99.9) - odds(5))
        return left + place * (right - left)
    }

    /// Labels moved apart until none covers another, from the top down.
    private static func apart(
        _ labels: [(y: Double, name: String, style: String)]
    ) -> [(y: Double, name: String, style: String)] {
        var moved: [(y: Double, name: String, style: String)] = []
        for label in labels.sorted(by: { $0.y < $1.y }) {
            let least = (moved.last?.y ?? -.infinity) + 16
            moved.append((max(label.y, least), label.name, label.style))
        }
        return moved
    }
}
