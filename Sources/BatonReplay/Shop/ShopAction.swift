public import BatonCore

/// What happened in a shop, in words that all data sets share.
public enum ShopAction: Hashable, Sendable {
    /// A product or page was looked at. It is counted and written nowhere: a journey that holds
    /// every page view would be large and tell a clerk nothing.
    case viewed(String)
    /// So many more of a product are in the cart; title and price replace earlier ones if present.
    case addToCart(ShopLine)
    /// So many fewer are in the cart, or with `nil` none at all; a line without pieces is gone. A
    /// product that is not there stays absent.
    case removeFromCart(sku: String, quantity: Int64?)
    /// The cart, or a part of it, became an order in the state `placed`.
    case purchase(ShopPurchase)
    /// An order in the state `placed` that came from no cart.
    case placeOrder(id: String, lines: [ShopLine], total: Money?)
    /// An order went to another state of the order workflow, by a move that the workflow allows.
    case moveOrder(id: String, to: String)
    /// A payment of an order.
    case pay(order: String, ShopPayment)
    /// Something about the person that a profile holds.
    case profile(ShopProfile)
    /// Something worth remembering happened: one fact of the profile's journey.
    case journeyFact(String)
    /// A type that the file's format does not name, or that nothing can be made of; counted only.
    case unknown(type: String)

    /// The action's name in reports.
    public var name: String {
        switch self {
        case .viewed: "viewed"
        case .addToCart: "add-to-cart"
        case .removeFromCart: "remove-from-cart"
        case .purchase: "purchase"
        case .placeOrder: "place-order"
        case .moveOrder: "move-order"
        case .pay: "pay"
        case .profile: "profile"
        case .journeyFact: "journey-fact"
        case .unknown: "unknown-type"
        }
    }

    /// Whether the action changes anything that is synced.
    public var isWritten: Bool {
        switch self {
        case .viewed, .unknown: false
        default: true
        }
    }
}

/// What an event says about a person; absent parts say nothing.
public struct ShopProfile: Hashable, Sendable {
    /// The e-mail address.
    public let email: String?
    /// Marks to add: `lifecycle:returning`.
    public let tags: [String]

    /// Joins the parts.
    public init(email: String? = nil, tags: [String] = []) {
        self.email = email
        self.tags = tags
    }
}
