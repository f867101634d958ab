/// A drawing, as data.
enum Chart {
    case bars(BarChart)
    case curves(CurveChart)
}

/// Lengths to compare.
struct BarChart {
    /// What a bar stands for; its colour says so.
    enum Part {
        case ours
        case limit
        case other
    }

    struct Item {
        let label: String
        let value: Double
        let part: Part

        init(_ label: String, _ value: Double, _ part: Part) {
            self.label = label
            self.value = value
            self.part = part
        }
    }

    /// A line across the bars: what is to be reached, or not to be passed.
    struct Mark {
        let label: String
        let value: Double

        init(_ label: String, _ value: Double) {
            self.label = label
            self.value = value
        }
    }

    let title: String
    let unit: Figure.Unit
    let items: [Item]
    var mark: Mark?
}

/// Distributions of times to compare: percentiles across, milliseconds up.
struct CurveChart {
    struct Series {
        let name: String
        let percentiles: [Double]
        let milliseconds: [Double]
    }

    let title: String
    let series: [Series]
    /// The highest time that is allowed, and at which percentile.
    var marks: [Mark] = []

    struct Mark {
        let label: String
        let percentile: Double
        let milliseconds: Double
    }

    /// All distributions of a section.
    init(title: String, report: SectionReport, marks: [Mark] = []) {
        self.title = title
        self.marks = marks
        series = report.curveOrder.compactMap { name in
            report.curves[name].map {
                Series(name: name, percentiles: $0.percentiles, milliseconds: $0.milliseconds)
            }
        }
    }
}
