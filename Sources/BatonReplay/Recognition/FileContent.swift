/// What a file holds, told by its first bytes.
enum FileContent: Hashable {
    case rees46
    case snowplow
    case otto
    case retentioneering
    case olistOrders
    case olistItems
    case olistPayments
    case olistCustomers
    case olistProducts
    case notNeeded(String)
    case unknown(String)

    /// The data set that the file alone stands for; tables of Olist's need its orders.
    var kind: DataSetKind? {
        switch self {
        case .rees46: .rees46
        case .snowplow: .snowplow
        case .otto: .otto
        case .retentioneering: .retentioneering
        case .olistOrders: .olist
        default: nil
        }
    }

    var role: DataFile.Role {
        switch self {
        case .rees46, .snowplow, .otto, .retentioneering, .olistOrders: .events
        case .olistItems, .olistPayments, .olistCustomers, .olistProducts: .details
        case .notNeeded: .notNeeded
        case .unknown: .unknown
        }
    }

    var words: String {
        switch self {
        case .rees46: "REES46 events"
        case .snowplow: "Snowplow e-commerce events"
        case .otto: "OTTO sessions"
        case .retentioneering: "Retentioneering events"
        case .olistOrders: "Olist orders"
        case .olistItems: "Olist order items"
        case .olistPayments: "Olist order payments"
        case .olistCustomers: "Olist customers"
        case .olistProducts: "Olist products"
        case .notNeeded(let what), .unknown(let what): what
        }
    }
}

/// A file of the folder, its content, and where it begins in time.
struct DataFileContent {
    let path: String
    let name: String
    let content: FileContent
    /// The time field of the first row as text, for putting files of one kind in order.
    let firstTime: String
}
