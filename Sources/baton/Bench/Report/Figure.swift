/// One thing that is measured: its name in the JSON, in words, and its unit.
struct Figure: Hashable, Sendable {
    /// How a number is written.
    enum Unit: String, Sendable, Encodable {
        case perSecond = "/s"
        case milliseconds = "ms"
        case microseconds = "µs"
        case seconds = "s"
        case bytes = "bytes"
        case count = ""
        /// By how much one figure exceeds another.
        case ratio = "×"
    }

    /// Its key, stable from release to release.
    let key: String
    /// What it says, for people.
    let title: String
    let unit: Unit

    init(_ key: String, _ title: String, _ unit: Unit) {
        self.key = key
        self.title = title
        self.unit = unit
    }

    /// A number of this unit, for people.
    func text(_ value: Double) -> String { Quantity.text(value, unit) }
}

/// Numbers as people read them.
enum Quantity {
    /// A number with its unit, in three or four digits.
    static func text(_ value: Double, _ unit: Figure.Unit) -> String {
        switch unit {
        case .bytes: return bytes(value)
        case .ratio: return digits(value) + " ×"
        case .count: return grouped(value)
        case .perSecond: return digits(value) + "/s"
        case .milliseconds, .microseconds, .seconds: return digits(value) + " " + unit.rawValue
        }
    }

    /// Three digits where the number is small, all of them, grouped, where it is large.
    static func digits(_ value: Double) -> String {
        let size = abs(value)
        if size >= 100 || size == size.rounded() && size < 1e15 { return grouped(value) }
        return fixed(value, size >= 10 ? 1 : size >= 0.1 ? 2 : 4)
    }

    /// A whole number, its thousands apart.
    static func grouped(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let digits = String(Int(value.rounded()).magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (value.rounded() < 0 ? "-" : "") + text
    }

    private static func bytes(_ value: Double) -> String {
        if value < 10_000 { return digits(value) + (value == 1 ? " byte" : " bytes") }
        if value < 10 * 1024 * 1024 { return digits(value / 1024) + " KiB" }
        let mebibytes = value / 1024 / 1024
        if mebibytes < 10 * 1024 { return digits(mebibytes) + " MiB" }
        return digits((mebibytes / 102.4).rounded() / 10) + " GiB"
    }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let whole = scaled / Int(scale)
        let rest = String(scaled % Int(scale))
        let padding = String(repeating: "0", count: places - rest.count)
        return (value < 0 ? "-" : "") + "\(whole).\(padding)\(rest)"
    }
}

/// What a figure is held to.
struct Bar: Sendable {
    /// The relation that has to hold.
    enum Need: Sendable, Hashable {
        case atLeast(Double)
        case atMost(Double)
        case between(Double, Double)

        /// Whether a value is as it has to be.
        func isMet(by value: Double) -> Bool {
            switch self {
            case .atLeast(let least): return value >= least
            case .atMost(let most): return value <= most
            case .between(let least, let most): return (least...most).contains(value)
            }
        }

        /// In words, in the figure's unit.
        func text(_ unit: Figure.Unit) -> String {
            switch self {
            case .atLeast(let least): return "at least " + Quantity.text(least, unit)
            case .atMost(let most): return "at most " + Quantity.text(most, unit)
            case .between(let least, let most):
                return "from \(Quantity.digits(least)) to " + Quantity.text(most, unit)
            }
        }
    }

    let figure: Figure
    let need: Need

    init(_ figure: Figure, _ need: Need) {
        self.figure = figure
        self.need = need
    }
}
