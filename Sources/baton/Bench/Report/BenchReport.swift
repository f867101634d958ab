/// What one run of a measurement yields.
struct RunResult {
    private(set) var values: [Figure: Double] = [:]
    private(set) var curves: [Curve] = []

    subscript(_ figure: Figure) -> Double {
        get { values[figure] ?? 0 }
        set { values[figure] = newValue }
    }

    /// Adds a distribution.
    mutating func add(_ name: String, _ milliseconds: [Double]) {
        curves.append(Curve(name: name, milliseconds: milliseconds))
    }
}

/// What all runs of one measurement say.
struct SectionReport: Encodable {
    /// One figure over all runs.
    struct FigureReport: Encodable {
        let title: String
        let unit: Figure.Unit
        let median: Double
        /// As measured, in the order of the runs.
        let runs: [Double]
    }

    /// One bar, and whether it is met by the median.
    struct BarReport: Encodable {
        let figure: String
        let title: String
        let median: Double
        let atLeast: Double?
        let atMost: Double?
        let isMet: Bool
        let measured: String
        let need: String

        private enum CodingKeys: String, CodingKey {
            case figure, title, median, atLeast, atMost
            case isMet = "met"
        }
    }

    /// One distribution: the median of the runs at each percentile.
    struct CurveReport: Encodable {
        let percentiles: [Double]
        let milliseconds: [Double]
    }

    let name: String
    let title: String
    let explanation: String
    let runs: Int
    /// The figure that stands for all.
    let headline: Figure?
    /// In the order in which they are shown.
    let order: [Figure]
    let figures: [String: FigureReport]
    let bars: [BarReport]
    let curves: [String: CurveReport]
    let curveOrder: [String]

    private enum CodingKeys: String, CodingKey {
        case title, runs, figures, bars, curves
    }

    /// Sums up the runs of a measurement.
    init(_ measurement: any Benchmark, runs: [RunResult]) {
        name = measurement.name
        title = measurement.title
        explanation = measurement.explanation
        self.runs = runs.count
        order = measurement.figures
        headline = measurement.headline
        let medians = Dictionary(
            uniqueKeysWithValues: measurement.figures.map { figure in
                (figure, Statistics.median(runs.map { $0[figure] }))
            })
        figures = Dictionary(
            uniqueKeysWithValues: measurement.figures.map { figure in
                let values = runs.map { $0[figure] }
                return (
                    figure.key,
                    FigureReport(
                        title: figure.title, unit: figure.unit, median: medians[figure] ?? 0,
                        runs: values)
                )
            })
        bars = measurement.bars.map { bar in
            let value = medians[bar.figure] ?? 0
            var (least, most): (Double?, Double?) = (nil, nil)
            switch bar.need {
            case .atLeast(let value): least = value
            case .atMost(let value): most = value
            case .between(let from, let to): (least, most) = (from, to)
            }
            return BarReport(
                figure: bar.figure.key, title: bar.figure.title, median: value, atLeast: least,
                atMost: most, isMet: bar.need.isMet(by: value),
                measured: bar.figure.text(value), need: bar.need.text(bar.figure.unit))
        }
        curveOrder = runs.first?.curves.map(\.name) ?? []
        curves = Dictionary(
            uniqueKeysWithValues: curveOrder.map { name in
                let all = runs.flatMap { $0.curves.filter { $0.name == name } }.map(\.milliseconds)
                let middle = Curve.percentiles.indices.map { index in
                    Statistics.median(all.map { $0[index] })
                }
                return (name, CurveReport(percentiles: Curve.percentiles, milliseconds: middle))
            })
    }

    /// The median of a figure.
    subscript(_ figure: Figure) -> Double { figures[figure.key]?.median ?? 0 }
}

/// Everything that was measured.
struct BenchReport: Encodable {
    let machine: MachineFacts
    /// The size of the measurements: `full`, `quick` or `tiny`. Only `full` says something of bars.
    let scale: BenchScale
    let version: String
    let sections: [SectionReport]

    private enum CodingKeys: String, CodingKey {
        case machine, scale, version, sections
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(machine, forKey: .machine)
        try container.encode(scale, forKey: .scale)
        try container.encode(version, forKey: .version)
        let byName = Dictionary(uniqueKeysWithValues: sections.map { ($0.name, $0) })
        try container.encode(byName, forKey: .sections)
    }

    /// All bars of all sections.
    var bars: [SectionReport.BarReport] { sections.flatMap(\.bars) }
}
