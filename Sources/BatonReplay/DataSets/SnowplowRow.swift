/// One event of Snowplow's e-commerce tracker with the entities attached to it.
struct SnowplowRow: Decodable {
    struct Action: Decodable {
        let type: String?
    }

    struct Cart: Decodable {
        let currency: String?
        let totalValue: JSONText?

        enum CodingKeys: String, CodingKey {
            case currency
            case totalValue = "total_value"
        }
    }

    struct Product: Decodable {
        let id: JSONText
        let name: String?
        let category: String?
        let price: JSONText?
        let currency: String?
        let quantity: JSONText?
    }

    struct Transaction: Decodable {
        let id: JSONText?
        let currency: String?
        let paymentMethod: String?
        let revenue: JSONText?

        enum CodingKeys: String, CodingKey {
            case id = "transaction_id"
            case currency
            case paymentMethod = "payment_method"
            case revenue
        }
    }

    struct CheckoutStep: Decodable {
        let step: JSONText?
    }

    struct User: Decodable {
        let id: JSONText?
        let email: String?
        let isGuest: JSONText?

        enum CodingKeys: String, CodingKey {
            case id
            case email
            case isGuest = "is_guest"
        }
    }

    struct ClientSession: Decodable {
        let sessionID: String?
        let userID: String?

        enum CodingKeys: String, CodingKey {
            case sessionID = "session_id"
            case userID = "user_id"
        }
    }

    let eventID: String
    let eventName: String?
    let platform: String?
    let userID: String?
    let domainUserID: String?
    let domainSessionID: String?
    let networkUserID: String?
    let derivedTime: String?
    let collectorTime: String?
    let createdTime: String?
    let action: Action?
    let cart: Cart?
    let products: [Product]?
    let transaction: Transaction?
    let checkoutStep: CheckoutStep?
    let user: User?
    let clientSession: ClientSession?

    enum CodingKeys: String, CodingKey {
        case eventID = "event_id"
        case eventName = "event_name"
        case platform
        case userID = "user_id"
        case domainUserID = "domain_userid"
        case domainSessionID = "domain_sessionid"
        case networkUserID = "network_userid"
        case derivedTime = "derived_tstamp"
        case collectorTime = "collector_tstamp"
        case createdTime = "dvce_created_tstamp"
        case action, cart, products, transaction
        case checkoutStep = "checkout_step"
        case user
        case clientSession = "client_session"
    }

    /// The time that Snowplow corrected for the device's clock, or the next best one.
    func time() throws(RowDefect) -> Int64 {
        let texts = [derivedTime, collectorTime, createdTime]
        guard let text = texts.compactMap(\.self).first(where: { !$0.isEmpty }) else {
            throw RowDefect(.missingField, "derived_tstamp is empty")
        }
        return try TimeText.milliseconds(text)
    }
}
