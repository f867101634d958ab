import BatonCore

/// What a person does at a kiosk, given the plain JSON of one entity.
struct KioskDeed {
    let entity: EntityID
    let value: Value?
    private var dice: Dice

    init(entity: EntityID, value: Value?, choice: UInt64) {
        self.entity = entity
        self.value = value
        dice = Dice(seed: choice, 1)
    }

    /// What is written; `nil` where there is nothing to do.
    mutating func operations() -> [FieldOperation]? {
        switch entity.type {
        case "cart": return cart()
        case "order": return order()
        default:
            return [
                change(
                    ["consents", "mail"], .set(.string(dice.chance(500) ? "given" : "withdrawn"))),
                change(["journey"], .append(.string("seen at the kiosk"))),
            ]
        }
    }

    private mutating func cart() -> [FieldOperation] {
        let number = Int64(1 + dice.below(3))
        var keys: [String] = []
        if case .object(let lines)? = value?["lines"] { keys = lines.keys.sorted().map(\.string) }
        let article = keys.isEmpty || dice.chance(400) ? "mug" : dice.pick(keys)
        switch dice.below(6) {
        case 0, 1: return [change(["lines"], .remove(.string(article)))]
        case 2: return [change(["lines", article, "quantity"], .set(.integer(number)))]
        case 3: return [change(["coupons"], .add("KIOSK"))]
        default:
            return [
                change(["lines", article, "title"], .set(.string("The \(article)"))),
                change(["lines", article, "quantity"], .add(.integer(number))),
            ]
        }
    }

    private mutating func order() -> [FieldOperation]? {
        guard let status = value?["status"]?.string else { return nil }
        let target = dice.pick(["ready", "collected", "cancelled", "approved"])
        return [
            change(["status"], .move(from: ExactText(status), to: ExactText(target))),
            change(["history"], .append("at the kiosk")),
        ]
    }

    private func change(_ path: [String], _ action: Action) -> FieldOperation {
        FieldOperation(entity, FieldPath(path.map { ExactText($0) }), action)
    }
}
