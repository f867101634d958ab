public import BatonCore

/// What is in a cart.
public struct CartContents: Sendable, Hashable {
    /// The lines, in the order of their article numbers.
    public let lines: [CartLine]
    /// The coupon codes, in ascending order.
    public let coupons: [String]
    /// The currency's ISO 4217 code, where one was set.
    public let currency: String?
    /// A note on the whole cart.
    public let note: String?
    /// How often the cart was checked out.
    public let checkouts: Int64

    /// Reads a cart from its plain JSON; an empty one from `nil`.
    public init(_ value: Value?) {
        lines = (value?["lines"]?.members ?? []).map(CartLine.init)
        coupons = value?["coupons"]?.texts ?? []
        currency = value?["currency"]?.string
        note = value?["note"]?.string
        checkouts = value?["checkouts"]?.integer ?? 0
    }

    /// The line of an article; `nil` where there is none.
    public subscript(sku: String) -> CartLine? { lines.first { $0.sku == sku } }

    /// Price times quantity over all lines; `nil` where a line has no price, or currencies differ.
    public var total: Money? { Money.total(of: lines.map { ($0.price, $0.quantity) }) }
}

/// One article in a cart.
public struct CartLine: Sendable, Hashable, Identifiable {
    /// The article's number: the line's key in the cart.
    public let sku: String
    /// What it is called.
    public let title: String?
    /// The price of one.
    public let price: Money?
    /// How many; not below 0.
    public let quantity: Int64
    /// Size, colour and the like.
    public let attributes: [String: String]
    /// A note on this line.
    public let note: String?

    /// The article's number.
    public var id: String { sku }

    init(_ sku: String, _ value: Value) {
        self.sku = sku
        title = value["title"]?.string
        price = value["price"].flatMap(Money.init(_:))
        quantity = value["quantity"]?.integer ?? 0
        attributes = value["attributes"]?.textMembers ?? [:]
        note = value["note"]?.string
    }
}
