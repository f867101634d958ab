import BatonCore
import BatonWire

/// What an action of a shop writes, given what its device sees: one event, or none.
///
/// The rules are those of ``PlainCount``, said in operations: where a device has seen all earlier
/// events, what it writes here makes of the entities what the plain count makes of them.
enum ShopWrite: Hashable, Sendable {
    /// These operations, in one event.
    case event([FieldOperation])
    /// The whole cart becomes the next order: what the checkout says, in one event.
    case checkout(Checkout)
    /// The action is about an order that the device does not see yet: it must wait for it.
    case waits
    /// The action changes nothing that is synced.
    case nothing

    /// What `action` writes at `time` (milliseconds since 1970). `view` is any entity's plain JSON as
    /// the device sees it.
    init(
        _ action: ShopAction, at time: Int64, seeing view: (EntityID) -> Value?
    ) throws(InvalidName) {
        switch action {
        case .viewed, .unknown: self = .nothing
        case .addToCart(let line): self = .event(try Self.add(line, view))
        case .removeFromCart(let sku, let quantity):
            self = .event(try Self.remove(sku, quantity, view))
        case .purchase(let purchase):
            guard purchase.isCheckout else {
                self = .event(try Self.purchase(purchase, view))
                break
            }
            let checkout = try Checkout(
                of: EntityID(type: "cart", id: PlainCount.cart), schemas: BuiltinSchemas.all,
                at: time, seeing: view)
            self = checkout.map { .checkout($0) } ?? .nothing
        case .placeOrder(let id, let lines, let total):
            let order = Order(lines: Order.combined(lines), total: total, payments: [])
            self = .event(try order.placing(id, view))
        case .moveOrder(let id, let state): self = try Self.move(id, to: state, view)
        case .pay(let id, let payment): self = try Self.pay(id, payment, view)
        case .profile(let profile):
            let operations = try Self.profile(profile)
            self = operations.isEmpty ? .nothing : .event(operations)
        case .journeyFact(let fact):
            var list = try OperationList("profile", Self.profile)
            list.act(.append(.string(fact)), "journey")
            self = .event(list.operations)
        }
    }

    /// What is written, in the order in which it is.
    var operations: [FieldOperation] {
        switch self {
        case .event(let operations): operations
        case .checkout(let checkout): checkout.operations
        case .waits, .nothing: []
        }
    }

    /// The profile that everything about a person goes into.
    static let profile = "main"

    private static func cart() throws(InvalidName) -> OperationList {
        try OperationList("cart", PlainCount.cart)
    }

    private static func add(
        _ line: ShopLine, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> [FieldOperation] {
        var list = try cart()
        let there = view(list.entity)?["lines"]?[line.sku]
        // Written only where new: the same product in two places need not collide.
        if let title = line.title, there?["title"]?.string != title {
            list.act(.set(.string(title)), "lines", line.sku, "title")
        }
        if let price = line.price?.value, there?["price"] != price {
            list.act(.set(price), "lines", line.sku, "price")
        }
        list.act(.add(.integer(line.quantity)), "lines", line.sku, "quantity")
        return list.operations
    }

    private static func remove(
        _ sku: String, _ quantity: Int64?, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> [FieldOperation] {
        var list = try cart()
        let there = view(list.entity)?["lines"]?[sku]?["quantity"]?.integer ?? 0
        if let quantity, quantity < there {
            list.act(.add(.integer(-quantity)), "lines", sku, "quantity")
        } else {
            // Also of what is not there: the removal happened, and takes away nothing.
            list.act(.remove(.string(sku)), "lines")
        }
        return list.operations
    }

    private static func purchase(
        _ purchase: ShopPurchase, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> [FieldOperation] {
        var list = try cart()
        let cart = view(list.entity)
        let id: String
        switch purchase.order {
        case .named(let name): id = name
        case .nextOfCart:
            // Set, not added, as a checkout does: two that buy apart count one.
            let number = (cart?["checkouts"]?.integer ?? 0) + 1
            list.act(.set(.integer(number)), "checkouts")
            id = "\(PlainCount.cart)-\(number)"
        }
        let lines: [ShopLine]
        switch purchase.content {
        case .wholeCart:
            lines = cart?["lines"].map(Order.lines(ofCart:)) ?? []
            list.act(.clear, "lines")
        case .lines(let bought):
            lines = Order.combined(bought)
            for line in lines { list.act(.remove(.string(line.sku)), "lines") }
        case .linesAndEmptyCart(let bought):
            lines = Order.combined(bought)
            list.act(.clear, "lines")
        }
        let order = Order(lines: lines, total: purchase.total, payments: purchase.payments)
        return list.operations + (try order.placing(id, view))
    }

    private static func move(
        _ id: String, to state: String, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> ShopWrite {
        var list = try OperationList("order", id)
        guard let now = view(list.entity)?["status"]?.string else { return .waits }
        guard now != state else { return .nothing }
        list.act(.move(from: ExactText(now), to: ExactText(state)), "status")
        return .event(list.operations)
    }

    private static func pay(
        _ id: String, _ payment: ShopPayment, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> ShopWrite {
        var list = try OperationList("order", id)
        guard let order = view(list.entity), order["status"] != nil else { return .waits }
        if order["payments"]?[payment.key] != nil {
            list.act(.remove(.string(payment.key)), "payments")
        }
        list.append(payment)
        return list.operations.isEmpty ? .nothing : .event(list.operations)
    }

    private static func profile(_ profile: ShopProfile) throws(InvalidName) -> [FieldOperation] {
        var list = try OperationList("profile", Self.profile)
        if let email = profile.email { list.act(.set(.string(email)), "email") }
        for tag in profile.tags { list.act(.add(.string(tag)), "tags") }
        return list.operations
    }
}

/// An order as it is placed.
private struct Order {
    let lines: [ShopLine]
    let total: Money?
    let payments: [ShopPayment]

    /// The operations that place the order; one that the device sees already is replaced.
    func placing(
        _ id: String, _ view: (EntityID) -> Value?
    ) throws(InvalidName) -> [FieldOperation] {
        var list = try OperationList("order", id)
        let there = view(list.entity)
        if there?["status"] == nil {
            list.act(.move(from: "", to: "placed"), "status")
        }
        for part in ["lines", "payments", "total"] where there?[part] != nil {
            list.act(.clear, part)
        }
        for line in lines {
            if let title = line.title {
                list.act(.set(.string(title)), "lines", line.sku, "title")
            }
            if let price = line.price { list.act(.set(price.value), "lines", line.sku, "price") }
            // Set, not added: the same order placed on two devices is one order.
            list.act(.set(.integer(line.quantity)), "lines", line.sku, "quantity")
        }
        if let total { list.act(.set(total.value), "total") }
        for payment in payments { list.append(payment) }
        return list.operations
    }

    /// One line a product: pieces add up, of titles and prices the last one stands.
    static func combined(_ lines: [ShopLine]) -> [ShopLine] {
        lines.reduce(into: []) { combined, line in
            guard let place = combined.firstIndex(where: { $0.sku == line.sku }) else {
                return combined.append(line)
            }
            let earlier = combined[place]
            combined[place] = ShopLine(
                sku: line.sku, title: line.title ?? earlier.title,
                price: line.price ?? earlier.price, quantity: earlier.quantity + line.quantity)
        }
    }

    static func lines(ofCart lines: Value) -> [ShopLine] {
        guard case .object(let members) = lines else { return [] }
        return members.sorted { $0.key < $1.key }.compactMap { sku, line in
            guard let quantity = line["quantity"]?.integer, quantity > 0 else { return nil }
            return ShopLine(
                sku: sku.string, title: line["title"]?.string,
                price: line["price"].flatMap { Money($0) }, quantity: quantity)
        }
    }
}

extension OperationList {
    fileprivate mutating func append(_ payment: ShopPayment) {
        if let method = payment.method {
            act(.set(.string(method)), "payments", payment.key, "method")
        }
        if let amount = payment.amount {
            act(.set(amount.value), "payments", payment.key, "amount")
        }
        if let installments = payment.installments {
            act(.set(.integer(installments)), "payments", payment.key, "installments")
        }
    }
}
