import BatonCore
import BatonSync
import BatonWire

/// What a person does in a shop with one device: the operations of one event.
///
/// A function of the choice and of what the device shows, so that a person acts on what is seen: an
/// order is moved from where it stands, a line is removed that is there.
struct Deed {
    /// What the device shows.
    let state: StreamState
    let schemas: SchemaSet
    let role: Role
    /// The person's clock.
    let now: Int64
    private var dice: Dice

    init(state: StreamState, schemas: SchemaSet, role: Role, now: Int64, choice: UInt64) {
        self.state = state
        self.schemas = schemas
        self.role = role
        self.now = now
        dice = Dice(seed: choice)
    }

    private static let articles = ["tea", "mug", "pot", "whisk", "tin"]

    /// What is written; empty where there is nothing to do.
    mutating func operations() -> [FieldOperation] {
        var edit = StreamEdit(state: state, schemas: schemas, now: now)
        do {
            switch dice.below(20) {
            case 0..<9: try shop(&edit)
            case 9..<12: try order(&edit)
            case 12..<15: try profile(&edit)
            default: edit.append(try wishes())
            }
        } catch {
            // Nothing in the cart to check out: the person does nothing then.
            return []
        }
        return edit.operations
    }

    private mutating func shop(_ edit: inout StreamEdit) throws {
        let article = dice.pick(Self.articles)
        let cart = dice.chance(850) ? "main" : "gifts"
        let choice = dice.below(18)
        let number = Int64(1 + dice.below(4))
        let price = Money(Int64(100 + dice.below(4) * 50), "EUR")
        // Often enough that devices check the same cart out while apart.
        if choice == 0 || choice >= 15 {
            _ = try edit.checkout(cart)
            return
        }
        try edit.cart(cart) { cart in
            let line = cart.contents.lines.isEmpty ? article : cart.contents.lines[0].sku
            switch choice {
            case 1..<5:
                cart.add(
                    article, quantity: number, title: "The \(article)", price: price,
                    attributes: number == 1 ? ["colour": "green"] : [:])
            case 5, 6: cart.add(article, quantity: number)
            case 7: cart.setQuantity(article, to: number - 1)
            case 8, 9: cart.remove(article)
            case 10: cart.setNote("note \(number)", on: line)
            case 11: number == 1 ? cart.clear() : cart.setNote("cart note \(number)")
            case 12: cart.addCoupon("SAVE\(number)")
            case 13: cart.removeCoupon(cart.contents.coupons.first ?? "SAVE\(number)")
            default:
                cart.entity.remove(.string("colour"), from: "lines", line, "attributes")
                cart.setCurrency(number == 1 ? "CHF" : "EUR")
            }
        }
    }

    private mutating func order(_ edit: inout StreamEdit) throws {
        let orders = state.entities.keys.filter { $0.type == "order" }.sorted()
        guard !orders.isEmpty, dice.chance(900) else {
            let id = "direct-\(dice.below(3))"
            let line = OrderLine(sku: dice.pick(Self.articles), quantity: Int64(1 + dice.below(3)))
            try edit.order(id) { if $0.contents.status == nil { $0.place([line]) } }
            return
        }
        let order = dice.pick(orders)
        let choice = dice.below(8)
        // Some moves are wrong on purpose: not of this role, or from a state that is past.
        let states = ["approved", "ready", "collected", "cancelled", "shipped", "returned"]
        let target = dice.pick(states)
        let isBlind = dice.chance(150)
        let amount = Money(Int64(dice.below(5) * 100), "EUR")
        try edit.order(order.id) { order in
            switch choice {
            case 0..<5:
                if isBlind {
                    order.entity.move(from: "placed", to: target, at: "status")
                } else {
                    order.move(to: target)
                }
            case 5: order.addPayment(OrderPayment(id: "p1", method: "card", amount: amount))
            case 6: order.note("asked about it")
            default: order.entity.set(.string("ring twice"), at: "note")
            }
        }
    }

    private mutating func profile(_ edit: inout StreamEdit) throws {
        let choice = dice.below(9)
        let number = dice.below(3)
        try edit.profile { profile in
            switch choice {
            case 0: profile.setName("Ada \(number)")
            case 1: profile.setPhone(number == 0 ? nil : "555-\(number)")
            case 2, 3:
                profile.setAddress(
                    "home",
                    PostalAddress(
                        street: number == 0 ? nil : "Main Street \(number)",
                        city: number == 1 ? nil : "Town \(number)"))
            case 4: profile.removeAddress("home")
            case 5: profile.setConsent("mail", given: number == 0)
            case 6: profile.addTag("tag-\(number)")
            case 7: profile.removeTag(profile.contents.tags.first ?? "tag-\(number)")
            default: profile.note("was here")
            }
        }
    }
}

extension Deed {
    /// One to three changes of the wish list: every rule, and fields that only newer schemas know.
    private mutating func wishes() throws -> [FieldOperation] {
        let entity = try EntityID(type: "wishes", id: dice.chance(900) ? "birthday" : "home")
        return (0...dice.below(3)).map { _ in
            let (path, action) = wish(of: entity)
            let parts = path.split(separator: "/").map { ExactText(String($0)) }
            return FieldOperation(entity, FieldPath(parts), action)
        }
    }

    private mutating func wish(of entity: EntityID) -> (String, Action) {
        let number = Int64(dice.below(9))
        let word = Value.string(dice.pick(["red", "blue", "gold"]))
        let key = dice.pick(["book", "book", "lamp", "e\u{301}", "\u{E9}"])
        let item = "/items/\(key)"
        let isNew = schemas["wishes"]?.version == 2
        switch dice.below(isNew ? 34 : 27) {
        case 0: return ("/title", dice.chance(800) ? .set(word) : .clear)
        case 1: return ("/budget", .set(Money(number, "EUR").value))
        case 2: return ("/most", dice.chance(800) ? .set(.integer(number)) : .clear)
        case 3: return ("/privacy", .set(.string(dice.pick(["private", "friends", "public"]))))
        case 4: return ("/voices", .set(word))
        case 5: return ("/hearts", dice.chance(700) ? .add(.integer(number - 3)) : .clear)
        case 6: return ("/left", dice.chance(500) ? .set(.integer(number)) : .add(.integer(1)))
        case 7: return ("/visits", dice.chance(500) ? .set(.integer(number)) : .add(.integer(1)))
        case 8: return ("/tags", .add(word))
        case 9: return ("/tags", dice.chance(800) ? .remove(word) : .clear)
        case 10, 11: return ("/stage", move(of: entity, at: ["stage"]))
        case 12: return ("/comments", .append(word))
        case 13: return ("/staff", .set(word))
        case 14: return ("/most", .set(.integer(number * 20)))  // sometimes out of range
        case 15, 16: return ("\(item)/title", .set(word))
        case 17: return ("\(item)/priority", .set(.integer(number)))
        case 18, 19: return ("\(item)/quantity", .add(.integer(number)))
        case 20: return ("\(item)/quantity", .set(.integer(number)))
        case 21: return ("\(item)/marks", dice.chance(600) ? .add(word) : .remove(word))
        case 22: return ("\(item)/stage", move(of: entity, at: ["items", key, "stage"]))
        case 23: return ("\(item)/sizes/foot", .set(word))
        case 24: return ("\(item)/sizes", .remove("foot"))
        case 25, 26: return ("/items", dice.chance(850) ? .remove(.string(key)) : .clear)
        case 27: return ("/gift", .set(word))
        case 28: return ("/guests", dice.chance(700) ? .add(word) : .remove(word))
        case 29: return ("/budgets/travel", .add(.integer(number)))
        case 30: return ("/budgets", .remove("travel"))
        case 31, 32: return ("\(item)/wrapping", .set(word))
        default: return ("\(item)/spares", .add(.integer(1)))
        }
    }

    /// A move from where the workflow stands, as far as this device sees it.
    private mutating func move(of entity: EntityID, at path: [String]) -> Action {
        let value = state.value(of: entity, schemas: schemas)
        let here = path.reduce(value) { $0?[$1] }?.string ?? ""
        let moves = ShopSchemas.stages.moves.filter { $0.from == ExactText(here) }
        guard !moves.isEmpty else { return .move(from: ExactText(here), to: "draft") }
        let move = dice.pick(moves)
        return .move(from: move.from, to: move.to)
    }
}
