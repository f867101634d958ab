/// What a script says that a client is to show.
enum DemoExpectation: Equatable, Sendable {
    /// Exactly these lines.
    case cart([DemoModel.Line])
    /// Exactly these orders, by their names, and how far each has come.
    case orders([String: String])
    /// An order of exactly these lines.
    case order(String, [DemoModel.Line])
    case note(String)
    case conflicts(Int)
    case pending(Int)
    /// The same state as every other client.
    case agree

    /// What a client shows instead; `nil` where it shows just that.
    func difference(at panel: DemoModel.Panel, in model: DemoModel) -> String? {
        switch self {
        case .cart(let lines): differ(panel.cart, lines)
        case .orders(let orders):
            Dictionary(panel.orders.map { ($0.id, $0.status) }, uniquingKeysWith: { $1 }) == orders
                ? nil : text(panel.orders.map { "\($0.id)=\($0.status)" })
        case .order(let id, let lines):
            if let order = panel.orders.first(where: { $0.id == id }) {
                differ(order.lines, lines)
            } else {
                "no order \(id)"
            }
        case .note(let note): panel.note == note ? nil : panel.note ?? "no note"
        case .conflicts(let count): panel.conflicts == count ? nil : String(panel.conflicts)
        case .pending(let count): panel.pending == count ? nil : String(panel.pending)
        case .agree:
            model.panels.allSatisfy { $0.stateHash == panel.stateHash }
                ? nil : "a state that another client does not have"
        }
    }

    private func differ(_ shown: [DemoModel.Line], _ wanted: [DemoModel.Line]) -> String? {
        shown.sorted { $0.sku < $1.sku } == wanted.sorted { $0.sku < $1.sku }
            ? nil : text(shown.map(\.text))
    }

    private func text(_ parts: [String]) -> String {
        parts.isEmpty ? "empty" : parts.joined(separator: " ")
    }
}

/// How an expectation is written.
struct ExpectationForm: Sendable {
    let word: String
    /// The word and what follows it.
    let usage: String
    let read: @Sendable ([String]) -> DemoExpectation?

    static let all: [ExpectationForm] = [
        ExpectationForm(word: "cart", usage: "cart ARTICLE=COUNT…|empty") {
            lines($0).map { .cart($0) }
        },
        ExpectationForm(word: "orders", usage: "orders NAME=STATUS…|empty") { words in
            pairs(words).map { .orders(Dictionary($0, uniquingKeysWith: { $1 })) }
        },
        ExpectationForm(word: "order", usage: "order NAME ARTICLE=COUNT…") { words in
            guard let name = words.first else { return nil }
            return lines(Array(words.dropFirst())).map { .order(name, $0) }
        },
        ExpectationForm(word: "note", usage: "note TEXT") { words in
            words.isEmpty ? nil : .note(words.joined(separator: " "))
        },
        ExpectationForm(word: "conflicts", usage: "conflicts COUNT") {
            count($0).map { .conflicts($0) }
        },
        ExpectationForm(word: "pending", usage: "pending COUNT") {
            count($0).map { .pending($0) }
        },
        ExpectationForm(word: "agree", usage: "agree") { $0.isEmpty ? .agree : nil },
    ]

    private static func count(_ words: [String]) -> Int? {
        guard words.count == 1, let number = Int(words[0]), number >= 0 else { return nil }
        return number
    }

    private static func lines(_ words: [String]) -> [DemoModel.Line]? {
        guard let pairs = pairs(words) else { return nil }
        let lines = pairs.compactMap { sku, count in
            Int64(count).map { DemoModel.Line(sku: sku, quantity: $0) }
        }
        return lines.count == pairs.count ? lines : nil
    }

    private static func pairs(_ words: [String]) -> [(String, String)]? {
        if words == ["empty"] { return [] }
        let pairs = words.compactMap { word -> (String, String)? in
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            return (String(parts[0]), String(parts[1]))
        }
        return pairs.isEmpty || pairs.count != words.count ? nil : pairs
    }
}
