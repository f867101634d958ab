/// Something that a data set cannot say or says oddly, and what reading made of it.
///
/// Such rows are used, not skipped: each note has a count and a first example.
public enum DataNote: String, Sendable, CaseIterable {
    /// An exact repetition of a row, or of an event by its id.
    case duplicateRow = "duplicate-row"
    /// A removal of what is not in the cart.
    case removalOfAbsentLine = "removal-of-absent-line"
    /// A purchase of what is not in the cart.
    case purchaseOfAbsentLine = "purchase-of-absent-line"
    /// A checkout of a cart with nothing in it.
    case emptyCheckout = "checkout-of-empty-cart"
    /// A price below zero.
    case unusablePrice = "unusable-price"
    /// An amount with parts of the smallest coin.
    case roundedPrice = "rounded-price"
    /// A row without a session.
    case noSession = "no-session"
    /// An order whose times contradict its states.
    case stampsOutOfOrder = "stamps-out-of-order"
    /// An order of nothing.
    case orderWithoutItems = "order-without-items"
    /// An order that nobody paid for.
    case orderWithoutPayment = "order-without-payment"
    /// A delivery without a time.
    case deliveredWithoutStamp = "delivered-without-stamp"
    /// A cancelled order with a time of delivery.
    case cancelledAfterDelivery = "cancelled-after-delivery"
    /// An item or payment of an order that the file lacks.
    case detailWithoutOrder = "detail-without-order"
    /// An order of a customer whom the file lacks.
    case orderWithoutPerson = "order-without-person"
    /// A payment of zero.
    case freePayment = "payment-of-nothing"
    /// A refund where there is no order to refund.
    case refundWithoutOrder = "refund-without-order"
    /// A cart's total that is not the sum of its lines.
    case cartTotalDiffers = "cart-total-differs"
    /// A network id of several people.
    case sharedNetworkID = "shared-network-id"
    /// A last line that may be cut off.
    case noLineEnd = "no-line-end"

    /// One sentence: what was found and what was made of it.
    public var explanation: String {
        switch self {
        case .duplicateRow: "a row came again, exactly: the same event delivered again"
        case .removalOfAbsentLine:
            "a product was removed that was not in the cart: most likely added before the "
                + "recording began; it stays absent"
        case .purchaseOfAbsentLine:
            "a product was bought that was not in the cart: it is in the order all the same"
        case .emptyCheckout: "an empty cart was checked out: no order was placed"
        case .unusablePrice: "a price is negative: the line has no price"
        case .roundedPrice: "an amount has fractions of the smallest coin: rounded half up"
        case .noSession: "a row names no session: one device per person takes these"
        case .stampsOutOfOrder:
            "an order's times contradict the order of its states: the states decide"
        case .orderWithoutItems: "an order has no items: it has no lines and no total"
        case .orderWithoutPayment: "an order has no payment"
        case .deliveredWithoutStamp:
            "an order was delivered with no time of delivery: the time of its last state stands"
        case .cancelledAfterDelivery:
            "an order is cancelled and has a time of delivery: cancelled after it was shipped"
        case .detailWithoutOrder: "an item or payment belongs to no order of the file: not used"
        case .orderWithoutPerson: "an order's customer is unknown: the customer id stands for one"
        case .freePayment: "a payment is of nothing: kept"
        case .refundWithoutOrder: "a refund, and the person has no order: not used"
        case .cartTotalDiffers:
            "the cart's total differs from the sum of what was added and removed: the products "
                + "decide"
        case .sharedNetworkID:
            "several people share a network id: the cookie or the login tells them apart"
        case .noLineEnd: "the last line has no line end: the file may be cut off there"
        }
    }
}
