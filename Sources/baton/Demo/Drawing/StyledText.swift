/// How a piece of text looks: only what reads on light and on dark backgrounds.
enum TextStyle: Equatable, Sendable {
    case plain, bold, dim, reversed
    /// Colours, which never stand without a word that says the same.
    case good, bad, away

    /// The number of the terminal's control sequence; `nil` for none.
    func code(colours: Bool) -> Int? {
        switch self {
        case .plain: nil
        case .bold: 1
        case .dim: 2
        case .reversed: 7
        case .bad: colours ? 31 : nil
        case .good: colours ? 32 : nil
        case .away: colours ? 35 : nil
        }
    }
}

/// A line of text in pieces of different looks.
struct StyledText: Equatable, Sendable {
    struct Piece: Equatable, Sendable {
        let text: String
        let style: TextStyle
    }

    private(set) var pieces: [Piece] = []

    init(_ text: String = "", _ style: TextStyle = .plain) {
        if !text.isEmpty { pieces = [Piece(text: text.printable, style: style)] }
    }

    /// The text alone.
    var plain: String { pieces.map(\.text).joined() }

    /// How many columns of a terminal it takes.
    var width: Int { pieces.reduce(0) { $0 + $1.text.reduce(0) { $0 + $1.columns } } }

    static func + (left: StyledText, right: StyledText) -> StyledText {
        var sum = left
        sum.pieces += right.pieces
        return sum
    }

    /// Exactly so wide: filled with blanks, or cut with a mark.
    func fitted(to columns: Int) -> StyledText {
        let width = width
        if width <= columns {
            return self + StyledText(String(repeating: " ", count: columns - width))
        }
        var left = max(0, columns - 1)
        var cut = StyledText()
        for piece in pieces {
            let text = piece.text.prefix { character in
                left -= character.columns
                return left >= 0
            }
            cut = cut + StyledText(String(text), piece.style)
            if left < 0 { break }
        }
        // A wide character that did not fit leaves a blank.
        return (cut + StyledText("…")).fitted(to: columns)
    }

    /// As a terminal draws it.
    func ansi(colours: Bool) -> String {
        pieces.map { piece in
            guard let code = piece.style.code(colours: colours) else { return piece.text }
            return "\u{1B}[\(code)m\(piece.text)\u{1B}[0m"
        }.joined()
    }
}

extension Character {
    /// The columns of a terminal that it takes.
    var columns: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension String {
    /// Without what would move the cursor or change the terminal: control characters become `·`.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map {
                    $0.properties.generalCategory == .control
                        || $0.properties.generalCategory == .format ? "·" : $0
                }))
    }
}
