extension BarChart {
    private static let row = 34.0
    private static let left = 168.0
    private static let right = 452.0

    /// A bar a row, from zero, each with its number.
    var element: String {
        let top = mark == nil ? 8.0 : 30.0
        var drawing = SVG(title: title, height: top + Double(items.count) * Self.row + 6)
        let most = max(items.map(\.value).max() ?? 0, mark?.value ?? 0)
        let scale = most > 0 ? (Self.right - Self.left) / most : 0
        drawing.line(Self.left, top - 2, Self.left, drawing.height - 4, "axis")
        if let mark {
            let x = Self.left + mark.value * scale
            drawing.line(x, top - 6, x, drawing.height - 4, "mark")
            let isRight = x > 360
            drawing.label(
                isRight ? x + 4 : x - 4, 14,
                "\(mark.label): \(Quantity.text(mark.value, unit))", isRight ? .end : .start,
                "mark-label")
        }
        for (index, item) in items.enumerated() {
            let y = top + Double(index) * Self.row
            let text = Quantity.text(item.value, unit)
            drawing.label(Self.left - 10, y + 20, item.label, .end)
            drawing.rectangle(
                Self.left, y + 5, item.value * scale, 22, item.part.style,
                hint: "\(item.label): \(text)")
            drawing.label(
                Self.left + item.value * scale + 8, y + 20, text, .start,
                item.part == .ours ? "number strong" : "number")
        }
        return drawing.element
    }
}

extension BarChart.Part {
    /// The class that colours it.
    var style: String {
        switch self {
        case .ours: return "ours"
        case .limit: return "limit"
        case .other: return "other"
        }
    }
}
