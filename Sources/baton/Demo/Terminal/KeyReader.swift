/// A key that was pressed.
enum PressedKey: Equatable, Sendable {
    case character(Character)
    case up, down, enter, escape, backspace, tab, interrupt
}

/// Keys from the bytes that a terminal sends for them.
enum KeyReader {
    /// The keys in bytes that came at once. Sequences that mean nothing here are left out.
    static func keys(_ bytes: [UInt8]) -> [PressedKey] {
        var keys: [PressedKey] = []
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        while let character = text.popFirst() {
            switch character {
            case "\u{1B}": keys += sequence(&text)
            case "\r", "\n", "\r\n": keys.append(.enter)
            case "\t": keys.append(.tab)
            case "\u{7F}", "\u{8}": keys.append(.backspace)
            case "\u{3}", "\u{4}": keys.append(.interrupt)
            default:
                if character.isPrintable { keys.append(.character(character)) }
            }
        }
        return keys
    }

    /// What follows an escape: an arrow, another sequence, or nothing, for the key itself.
    private static func sequence(_ text: inout Substring) -> [PressedKey] {
        guard let next = text.first, next == "[" || next == "O" else { return [.escape] }
        text.removeFirst()
        while let character = text.popFirst() {
            guard character.isLetter || character == "~" else { continue }
            return character == "A" ? [.up] : character == "B" ? [.down] : []
        }
        return []
    }
}

extension Character {
    fileprivate var isPrintable: Bool {
        unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
