public import BatonCore

/// What stands in an order.
public struct OrderContents: Sendable, Hashable {
    /// How far it has come: `placed`, `shipped` …; `nil` before it is placed.
    public let status: String?
    /// What was bought, in the order of the article numbers.
    public let lines: [OrderLine]
    /// What it is said to cost, where somebody said so. See ``Order/total`` for what it costs.
    public let saidTotal: Money?
    /// The coupon codes that came with it, in ascending order.
    public let coupons: [String]
    /// The payments, by their names.
    public let payments: [OrderPayment]
    /// The cart that it came from: `cart/main`.
    public let cart: String?
    /// When it was placed: `2026-01-31T12:00:00.000Z`.
    public let placedAt: String?
    /// Its name in another system.
    public let externalID: String?
    /// What happened to it, oldest first.
    public let history: [String]
    /// A note.
    public let note: String?

    /// Reads an order from its plain JSON; one that was never placed from `nil`.
    public init(_ value: Value?) {
        status = value?["status"]?.string
        lines = (value?["lines"]?.members ?? []).map(OrderLine.init)
        saidTotal = value?["total"].flatMap(Money.init(_:))
        coupons = value?["coupons"]?.texts ?? []
        payments = (value?["payments"]?.members ?? []).map(OrderPayment.init)
        cart = value?["cart"]?.string
        placedAt = value?["placedAt"]?.string
        externalID = value?["externalId"]?.string
        history = value?["history"]?.texts ?? []
        note = value?["note"]?.string
    }
}

/// One article of an order.
public struct OrderLine: Sendable, Hashable, Identifiable {
    /// The article's number.
    public let sku: String
    /// What it is called.
    public let title: String?
    /// The price of one.
    public let price: Money?
    /// How many.
    public let quantity: Int64
    /// Size, colour and the like.
    public let attributes: [String: String]
    /// A note on this line.
    public let note: String?

    /// The article's number.
    public var id: String { sku }

    /// Joins the parts.
    public init(
        sku: String, quantity: Int64, title: String? = nil, price: Money? = nil,
        attributes: [String: String] = [:], note: String? = nil
    ) {
        self.sku = sku
        self.title = title
        self.price = price
        self.quantity = quantity
        self.attributes = attributes
        self.note = note
    }

    /// The line as it stands in a cart.
    public init(_ line: CartLine) {
        self.init(
            sku: line.sku, quantity: line.quantity, title: line.title, price: line.price,
            attributes: line.attributes, note: line.note)
    }

    init(_ sku: String, _ value: Value) {
        self.init(
            sku: sku, quantity: value["quantity"]?.integer ?? 0, title: value["title"]?.string,
            price: value["price"].flatMap(Money.init(_:)),
            attributes: value["attributes"]?.textMembers ?? [:], note: value["note"]?.string)
    }
}

/// One payment of an order.
public struct OrderPayment: Sendable, Hashable, Identifiable {
    /// The payment's own name in the order.
    public let id: String
    /// How it was paid: `card`, `voucher` …
    public let method: String?
    /// How much.
    public let amount: Money?
    /// In how many parts.
    public let installments: Int64?

    /// Joins the parts.
    public init(id: String, method: String?, amount: Money?, installments: Int64? = nil) {
        self.id = id
        self.method = method
        self.amount = amount
        self.installments = installments
    }

    init(_ id: String, _ value: Value) {
        self.init(
            id: id, method: value["method"]?.string,
            amount: value["amount"].flatMap(Money.init(_:)),
            installments: value["installments"]?.integer)
    }
}
