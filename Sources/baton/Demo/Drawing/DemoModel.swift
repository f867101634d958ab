/// All that the demo shows, as of one moment.
struct DemoModel: Equatable, Sendable {
    /// What one client shows.
    struct Panel: Equatable, Sendable {
        let seat: DemoSeat
        var standing = Standing.idle
        var pending = 0
        var conflicts = 0
        var refused = 0
        var cart: [Line] = []
        var note: String?
        var orders: [PlacedOrder] = []
        /// The hash of all that it knows.
        var stateHash = ""
    }

    /// So many of an article.
    struct Line: Equatable, Sendable {
        let sku: String
        let quantity: Int64

        /// `tea=2`.
        var text: String { "\(sku)=\(quantity)" }
    }

    /// An order, as a client sees it.
    struct PlacedOrder: Equatable, Sendable {
        let id: String
        let status: String
        let lines: [Line]
    }

    /// One entry of the server's log.
    struct LogLine: Equatable, Sendable {
        let offset: UInt64
        let writer: String
        let what: String
    }

    /// How a client stands to the server.
    enum Standing: Equatable, Sendable {
        case idle, syncing, upToDate
        case offline(since: String)
        case failed(String)

        /// For people.
        var words: String {
            switch self {
            case .idle: "not synced yet"
            case .syncing: "syncing"
            case .upToDate: "up to date"
            case .offline(let since): "offline since \(since)"
            case .failed(let code): "failed: \(code)"
            }
        }
    }

    var panels: [Panel]
    var log: [LogLine] = []
    var conflicts: [String] = []
    var healed: [String] = []
}
