/// Marks of an SVG drawing. Colours are classes of the page's style, for light and for dark.
struct SVG {
    /// What is wide enough for two drawings beside each other on a screen.
    static let width = 560.0

    let height: Double
    /// What it shows, for those who do not see it.
    let title: String
    private var marks: [String] = []

    init(title: String, height: Double) {
        self.title = title
        self.height = height
    }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String,
        hint: String
    ) {
        marks.append(
            """
            <rect x="\(Self.text(x))" y="\(Self.text(y))" width="\(Self.text(max(1, width)))" \
            height="\(Self.text(height))" rx="3" class="\(style)">\
            <title>\(Self.escaped(hint))</title></rect>
            """)
    }

    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
    ) {
        marks.append(
            """
            <line x1="\(Self.text(x1))" y1="\(Self.text(y1))" x2="\(Self.text(x2))" \
            y2="\(Self.text(y2))" class="\(style)"/>
            """)
    }

    mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
        let text = points.map { "\(Self.text($0.x)),\(Self.text($0.y))" }.joined(separator: " ")
        marks.append("<polyline points=\"\(text)\" class=\"\(style)\"/>")
    }

    mutating func dot(_ x: Double, _ y: Double, _ style: String, hint: String) {
        marks.append(
            """
            <circle cx="\(Self.text(x))" cy="\(Self.text(y))" r="3.5" class="\(style)">\
            <title>\(Self.escaped(hint))</title></circle>
            """)
    }

    enum Anchor: String {
        case start
        case middle
        case end
    }

    mutating func label(
        _ x: Double, _ y: Double, _ text: String, _ anchor: Anchor = .start,
        _ style: String = "label"
    ) {
        marks.append(
            """
            <text x="\(Self.text(x))" y="\(Self.text(y))" text-anchor="\(anchor.rawValue)" \
            class="\(style)">\(Self.escaped(text))</text>
            """)
    }

    /// The drawing as an element of a page.
    var element: String {
        """
        <svg viewBox="0 0 \(Self.text(Self.width)) \(Self.text(height))" role="img" \
        aria-label="\(Self.escaped(title))">
        \(marks.joined(separator: "\n"))
        </svg>
        """
    }

    /// Text as it may stand in an element or an attribute.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }

    private static func text(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
    }
}
