public import BatonCore

/// So many of one product, in a cart or in an order.
public struct ShopLine: Hashable, Sendable {
    /// The product, which is also the line's key.
    public let sku: String
    /// The product's name, where the file has one.
    public let title: String?
    /// The price of one piece, where the file has a usable one.
    public let price: Money?
    /// How many pieces, at least 1.
    public let quantity: Int64

    /// Joins the parts of a line.
    public init(sku: String, title: String? = nil, price: Money? = nil, quantity: Int64 = 1) {
        self.sku = sku
        self.title = title
        self.price = price
        self.quantity = quantity
    }
}

extension [ShopLine] {
    /// Appends a line, or adds its pieces to the line of the same product. O(lines).
    mutating func combine(_ line: ShopLine) {
        guard let place = firstIndex(where: { $0.sku == line.sku }) else { return append(line) }
        let old = self[place]
        self[place] = ShopLine(
            sku: old.sku, title: old.title ?? line.title, price: old.price ?? line.price,
            quantity: old.quantity + line.quantity)
    }
}

/// One payment of an order.
public struct ShopPayment: Hashable, Sendable {
    /// The payment's key in the order, unique there: `1`, `2` …
    public let key: String
    /// The means of payment as the file names it.
    public let method: String?
    /// What was paid.
    public let amount: Money?
    /// In how many instalments, where the file says.
    public let installments: Int64?

    /// Joins the parts of a payment.
    public init(key: String, method: String?, amount: Money?, installments: Int64? = nil) {
        self.key = key
        self.method = method
        self.amount = amount
        self.installments = installments
    }
}

/// What a purchase makes of the person's cart.
public struct ShopPurchase: Hashable, Sendable {
    /// Which id the order gets.
    public enum OrderName: Hashable, Sendable {
        /// The id that the file names, or that follows from what it names.
        case named(String)
        /// `<cart>-<n>`: the n-th checkout of the person's cart.
        case nextOfCart
    }

    /// What the order consists of and what stays in the cart.
    public enum Content: Hashable, Sendable {
        /// All the cart as it stands; nothing stays.
        case wholeCart
        /// These lines; their products leave the cart, with whatever quantity they have there,
        /// and other products stay.
        case lines([ShopLine])
        /// These lines, and the cart is empty afterwards.
        case linesAndEmptyCart([ShopLine])
    }

    /// Which id the order gets.
    public let order: OrderName
    /// What the order consists of and what stays in the cart.
    public let content: Content
    /// The order's sum, where the file names it.
    public let total: Money?
    /// Payments made with the purchase.
    public let payments: [ShopPayment]

    /// Joins the parts of a purchase.
    public init(
        order: OrderName, content: Content, total: Money? = nil, payments: [ShopPayment] = []
    ) {
        self.order = order
        self.content = content
        self.total = total
        self.payments = payments
    }

    /// Whether it is a checkout of the whole cart, of which no file says more.
    var isCheckout: Bool {
        order == .nextOfCart && content == .wholeCart && total == nil && payments.isEmpty
    }
}
