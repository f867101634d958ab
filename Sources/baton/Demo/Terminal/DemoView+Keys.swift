/// What follows from a key.
enum KeyOutcome: Equatable, Sendable {
    case nothing, quit
    case act(DemoAction)
}

extension DemoView {
    /// Takes a key in; `panel` is what the chosen client shows.
    mutating func press(_ key: PressedKey, at panel: DemoModel.Panel) -> KeyOutcome {
        if note != nil { return write(key) }
        guard let command = DemoKey.command(of: key) else { return .nothing }
        let sku = DemoArticle.all[article].sku
        let quantity = panel.cart.first { $0.sku == sku }?.quantity ?? 0
        switch command {
        case .device(let number): selected = number
        case .nextDevice: selected = (selected + 1) % DemoSeat.allCases.count
        case .articleUp: article = max(0, article - 1)
        case .articleDown: article = min(DemoArticle.all.count - 1, article + 1)
        case .note: note = panel.note ?? ""
        case .add: return .act(.add(sku, 1))
        case .more: return .act(.set(sku, quantity + 1))
        case .fewer: return quantity > 0 ? .act(.set(sku, quantity - 1)) : .nothing
        case .remove: return .act(.remove(sku))
        case .checkOut: return .act(.checkOut)
        case .cancel: return .act(.cancel)
        case .collect: return .act(.collect)
        case .cutOrMend: return .act(panel.isCut ? .mend : .cut)
        case .advanceClock: return .act(.advanceClock)
        case .settle: return .act(.settle)
        case .quit: return .quit
        }
        return .nothing
    }

    /// The longest note that is written here, in characters.
    private static let longestNote = 200

    private mutating func write(_ key: PressedKey) -> KeyOutcome {
        guard var text = note else { return .nothing }
        switch key {
        case .enter:
            note = nil
            return .act(.note(text))
        case .escape: note = nil
        case .interrupt: return .quit
        case .backspace:
            if !text.isEmpty { text.removeLast() }
            note = text
        case .character(let character):
            if text.count < Self.longestNote { text.append(character) }
            note = text
        case .up, .down, .tab: break
        }
        return .nothing
    }
}

extension DemoModel.Panel {
    /// Whether it is without a network, as far as it knows.
    var isCut: Bool {
        if case .offline = standing { return true }
        return false
    }
}

extension DemoAction {
    /// What was done, where there is nothing else to tell.
    var done: String {
        switch self {
        case .add(let sku, let count): "added \(count) \(sku)"
        case .set(let sku, let count): "set \(sku) to \(count)"
        case .remove(let sku): "removed \(sku)"
        case .note: "wrote a note"
        case .checkOut: "checked out"
        case .cancel: "cancelled the latest order"
        case .collect: "handed the latest order over"
        case .settle: "settled"
        case .cut: "its network is cut; it goes on offline"
        case .mend: "its network is mended"
        case .sync: "synced"
        case .advanceClock: "its clock is a day ahead from now on"
        }
    }
}
