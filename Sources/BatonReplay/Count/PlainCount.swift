public import BatonCore

/// What carts, orders and profiles should be in the end, found by going through the events once
/// with dictionaries.
///
/// It shares no code with the merge engine, so that the two can be held against each other. Where
/// every device has seen all earlier events when it writes, both must be equal; devices that were
/// offline may rightly differ from it wherever concurrency decides.
public struct PlainCount: Sendable {
    /// The cart that all purchases are made from.
    public static let cart = "main"

    /// The people, by stream.
    public private(set) var people: [StreamID: PlainPerson] = [:]
    /// What the file cannot say and the count met: how often.
    public private(set) var notes: [DataNote: Int] = [:]

    /// A count of nothing.
    public init() {}

    /// Counts all events in their order. O(events).
    public init(_ events: some Sequence<ShopEvent>) {
        for event in events { apply(event) }
    }

    /// Counts one more event; one that was delivered several times counts once.
    public mutating func apply(_ event: ShopEvent) {
        var person = people[event.device.stream] ?? PlainPerson()
        switch event.action {
        case .addToCart, .removeFromCart:
            if !person.cart.apply(event.action) { notes[.removalOfAbsentLine, default: 0] += 1 }
        case .purchase(let purchase): apply(purchase, to: &person)
        case .placeOrder(let id, let lines, let total):
            person.orders[id] = Self.order(of: lines, total: total)
        case .moveOrder(let id, let state): person.orders[id]?.status = state
        case .pay(let id, let payment): person.orders[id]?.payments[payment.key] = payment
        case .profile(let profile):
            person.email = profile.email ?? person.email
            person.tags.formUnion(profile.tags)
        case .journeyFact(let fact): person.journey[fact, default: 0] += 1
        case .viewed, .unknown: break
        }
        people[event.device.stream] = person
    }

    private mutating func apply(_ purchase: ShopPurchase, to person: inout PlainPerson) {
        if purchase.isCheckout && person.cart.lines.isEmpty {
            // There is nothing to check out, and so no order.
            notes[.emptyCheckout, default: 0] += 1
            return
        }
        let id: String
        switch purchase.order {
        case .named(let name): id = name
        case .nextOfCart:
            person.checkouts += 1
            id = "\(Self.cart)-\(person.checkouts)"
        }
        var order: PlainOrder
        switch purchase.content {
        case .wholeCart:
            if person.cart.lines.isEmpty { notes[.emptyCheckout, default: 0] += 1 }
            order = PlainOrder(lines: person.cart.lines, total: purchase.total)
            person.cart = PlainCart()
        case .lines(let lines):
            order = Self.order(of: lines, total: purchase.total)
            for line in lines where !person.cart.remove(line.sku, nil) {
                notes[.purchaseOfAbsentLine, default: 0] += 1
            }
        case .linesAndEmptyCart(let lines):
            order = Self.order(of: lines, total: purchase.total)
            for line in lines where person.cart.lines[line.sku] == nil {
                notes[.purchaseOfAbsentLine, default: 0] += 1
            }
            person.cart = PlainCart()
        }
        for payment in purchase.payments { order.payments[payment.key] = payment }
        person.orders[id] = order
    }

    private static func order(of lines: [ShopLine], total: Money?) -> PlainOrder {
        var order = PlainOrder(total: total)
        for line in lines {
            var mine = order.lines[line.sku] ?? PlainLine(quantity: 0)
            mine.title = line.title ?? mine.title
            mine.price = line.price ?? mine.price
            mine.quantity += line.quantity
            order.lines[line.sku] = mine
        }
        return order
    }
}

extension PlainCount {
    /// How much there is in all, for comparing at a glance.
    public struct Totals: Hashable, Sendable {
        /// People who did anything.
        public var people = 0
        /// People whose cart is not empty.
        public var carts = 0
        /// Lines in all carts.
        public var cartLines = 0
        /// Pieces in all carts.
        public var cartPieces: Int64 = 0
        /// Orders.
        public var orders = 0
        /// Lines in all orders.
        public var orderLines = 0
        /// Payments of all orders.
        public var payments = 0
        /// Facts in all journeys.
        public var journeyFacts = 0
        /// Orders by state.
        public var states: [String: Int] = [:]
    }

    /// Sums up all people. O(people, lines and orders).
    public func totals() -> Totals {
        people.values.reduce(into: Totals()) { sum, person in
            sum.people += 1
            sum.carts += person.cart.lines.isEmpty ? 0 : 1
            sum.cartLines += person.cart.lines.count
            sum.cartPieces += person.cart.lines.values.reduce(0) { $0 + $1.quantity }
            sum.orders += person.orders.count
            sum.journeyFacts += person.journey.values.reduce(0, +)
            for order in person.orders.values {
                sum.orderLines += order.lines.count
                sum.payments += order.payments.count
                sum.states[order.status, default: 0] += 1
            }
        }
    }
}
