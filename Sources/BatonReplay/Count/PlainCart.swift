public import BatonCore

/// A line of a cart or an order as a plain count has it.
public struct PlainLine: Hashable, Sendable {
    /// The product's name, if one was ever given.
    public var title: String?
    /// The price of one piece, if one was ever given; the last one stands.
    public var price: Money?
    /// How many pieces, at least 1.
    public var quantity: Int64
}

/// A cart as a plain count has it: what is in it now, by product.
public struct PlainCart: Hashable, Sendable {
    /// The lines by product.
    public private(set) var lines: [String: PlainLine] = [:]

    /// An empty cart.
    public init() {}

    /// Applies an action if it is one of the cart's; says whether it found what it names.
    @discardableResult
    mutating func apply(_ action: ShopAction) -> Bool {
        switch action {
        case .addToCart(let line): add(line)
        case .removeFromCart(let sku, let quantity): return remove(sku, quantity)
        default: break
        }
        return true
    }

    mutating func add(_ line: ShopLine) {
        var mine = lines[line.sku] ?? PlainLine(quantity: 0)
        mine.title = line.title ?? mine.title
        mine.price = line.price ?? mine.price
        mine.quantity += line.quantity
        lines[line.sku] = mine
    }

    mutating func remove(_ sku: String, _ quantity: Int64?) -> Bool {
        guard var mine = lines[sku] else { return false }
        mine.quantity -= quantity ?? mine.quantity
        lines[sku] = mine.quantity > 0 ? mine : nil
        return true
    }

    /// The sum of all lines; `nil` if a line has no price or one in another currency.
    func total(in currency: String) -> Money? {
        var sum: Int64 = 0
        for line in lines.values {
            guard let price = line.price, price.currency == currency else { return nil }
            sum += price.amount * line.quantity
        }
        return Money(sum, currency)
    }
}
