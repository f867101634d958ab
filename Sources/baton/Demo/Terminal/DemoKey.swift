/// What a key of the demo does.
enum KeyCommand: Equatable, Sendable {
    case device(Int), nextDevice
    case articleUp, articleDown
    case add, more, fewer, remove, note
    case checkOut, cancel, collect
    case cutOrMend, advanceClock, settle
    case quit
}

/// A key, its name and what it does in a word or two: the help line is made of these.
struct DemoKey: Sendable {
    let key: PressedKey
    /// Its name in the help; empty where another entry's help tells of it.
    let label: String
    let does: String
    let command: KeyCommand

    /// All keys, in the order of the help.
    static let all: [DemoKey] = [
        DemoKey(key: .character("1"), label: "1-3", does: "device", command: .device(0)),
        DemoKey(key: .character("2"), label: "", does: "", command: .device(1)),
        DemoKey(key: .character("3"), label: "", does: "", command: .device(2)),
        DemoKey(key: .tab, label: "Tab", does: "next", command: .nextDevice),
        DemoKey(key: .up, label: "↑↓", does: "article", command: .articleUp),
        DemoKey(key: .down, label: "", does: "", command: .articleDown),
        DemoKey(key: .character("a"), label: "a", does: "add", command: .add),
        DemoKey(key: .character("+"), label: "+-", does: "set quantity", command: .more),
        DemoKey(key: .character("-"), label: "", does: "", command: .fewer),
        DemoKey(key: .character("r"), label: "r", does: "remove", command: .remove),
        DemoKey(key: .character("n"), label: "n", does: "note", command: .note),
        DemoKey(key: .character("o"), label: "o", does: "check out", command: .checkOut),
        DemoKey(key: .character("x"), label: "x", does: "cancel order", command: .cancel),
        DemoKey(key: .character("h"), label: "h", does: "hand over", command: .collect),
        DemoKey(key: .character("c"), label: "c", does: "cut/mend", command: .cutOrMend),
        DemoKey(key: .character("t"), label: "t", does: "clock", command: .advanceClock),
        DemoKey(key: .character("s"), label: "s", does: "settle", command: .settle),
        DemoKey(key: .character("q"), label: "q", does: "quit", command: .quit),
        DemoKey(key: .interrupt, label: "", does: "", command: .quit),
    ]

    /// What a key does; `nil` for one that does nothing.
    static func command(of key: PressedKey) -> KeyCommand? {
        all.first { $0.key == key }?.command
    }

    /// The help, in as many lines as it takes at that width.
    static func help(width: Int) -> [String] {
        var lines: [String] = []
        for key in all where !key.label.isEmpty {
            let text = "\(key.label) \(key.does)"
            if let last = lines.last, last.count + 2 + text.count <= width {
                lines[lines.count - 1] = last + "  " + text
            } else {
                lines.append(text)
            }
        }
        return lines
    }
}
