public import BatonCore

/// An order as a plain count has it.
public struct PlainOrder: Hashable, Sendable {
    /// The state it is in: `placed`, `shipped` …
    public var status = "placed"
    /// The lines by product.
    public var lines: [String: PlainLine] = [:]
    /// The order's sum, where the file names it.
    public var total: Money?
    /// The payments by key.
    public var payments: [String: ShopPayment] = [:]
}

/// One person's carts, orders and profile as a plain count has them.
public struct PlainPerson: Hashable, Sendable {
    /// What is in the cart.
    public internal(set) var cart = PlainCart()
    /// How many purchases took all of the cart under the cart's next number.
    public internal(set) var checkouts = 0
    /// The orders by id.
    public internal(set) var orders: [String: PlainOrder] = [:]
    /// The e-mail address, if one was given.
    public internal(set) var email: String?
    /// The tags.
    public internal(set) var tags: Set<String> = []
    /// The journey's facts and how often each occurred.
    public internal(set) var journey: [String: Int] = [:]
}
