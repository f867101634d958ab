/// Something that a data set cannot say or says oddly, and what reading made of it.
///
/// Such rows are used, not skipped: each note has a count and a first example.
public enum DataNote: String, Sendable, CaseIterable {
    case duplicateRow = "duplicate-row"
    case removalOfAbsentLine = "removal-of-absent-line"
    case purchaseOfAbsentLine = "purchase-of-absent-line"
    case emptyCheckout = "checkout-of-empty-cart"
    case unusablePrice = "unusable-price"
    case roundedPrice = "rounded-price"
    case noSession = "no-session"
    case stampsOutOfOrder = "stamps-out-of-order"
    case orderWithoutItems = "order-without-items"
    case orderWithoutPayment = "order-without-payment"
    case deliveredWithoutStamp = "delivered-without-stamp"
    case cancelledAfterDelivery = "cancelled-after-delivery"
    case detailWithoutOrder = "detail-without-order"
    case orderWithoutPerson = "order-without-person"
    case freePayment = "payment-of-nothing"
    case refundWithoutOrder = "refund-without-order"
    case cartTotalDiffers = "cart-total-differs"
    case sharedNetworkID = "shared-network-id"
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
        case .emptyCheckout: "an empty cart was checked out: the order has no lines"
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
