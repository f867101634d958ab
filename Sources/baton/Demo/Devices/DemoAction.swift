/// What can be done at one client of the demo, by a key or by a line of a script.
enum DemoAction: Equatable, Sendable {
    case add(String, Int64)
    case set(String, Int64)
    case remove(String)
    case note(String)
    case checkOut, cancel, collect, settle
    case cut, mend, sync, advanceClock
}

/// A word of scripts for an action: what follows it, what it does, and how it is read.
struct DemoVerb: Sendable {
    let word: String
    /// What follows the word.
    let form: String
    let does: String
    let read: @Sendable ([String]) -> DemoAction?

    /// All words, in the order of the help.
    static let all: [DemoVerb] = [
        DemoVerb(word: "add", form: "ARTICLE [COUNT]", does: "put into the cart") { words in
            switch words.count {
            case 1: .add(words[0], 1)
            case 2: count(words[1]).map { .add(words[0], $0) }
            default: nil
            }
        },
        DemoVerb(word: "set", form: "ARTICLE COUNT", does: "say how many there are to be") {
            words in
            guard words.count == 2 else { return nil }
            return count(words[1]).map { .set(words[0], $0) }
        },
        DemoVerb(word: "remove", form: "ARTICLE", does: "take out of the cart") { words in
            words.count == 1 ? .remove(words[0]) : nil
        },
        DemoVerb(word: "note", form: "TEXT", does: "write a note on the cart") { words in
            words.isEmpty ? nil : .note(words.joined(separator: " "))
        },
        plain("checkout", "turn the cart into an order", .checkOut),
        plain("cancel", "cancel the latest order", .cancel),
        plain("collect", "hand the latest order over (a kiosk may)", .collect),
        plain("settle", "write anew what prevailed in each conflict", .settle),
        plain("cut", "cut its network", .cut),
        plain("mend", "mend its network", .mend),
        plain("sync", "send what is pending and take in what is new", .sync),
        plain("clock", "put its clock a day ahead", .advanceClock),
    ]

    private static func plain(_ word: String, _ does: String, _ action: DemoAction) -> DemoVerb {
        DemoVerb(word: word, form: "", does: does) { $0.isEmpty ? action : nil }
    }

    private static func count(_ text: String) -> Int64? {
        guard let number = Int64(text), (0...1_000_000).contains(number) else { return nil }
        return number
    }

    /// The word and what follows it.
    var usage: String { form.isEmpty ? word : "\(word) \(form)" }
}
