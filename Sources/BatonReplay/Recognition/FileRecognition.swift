/// Tells what a file holds by its contents; its name plays no part.
enum FileRecognition {
    /// The columns that tell a CSV file, the most particular first.
    private static let tables: [(columns: Set<String>, content: FileContent)] = [
        (["event_time", "event_type", "product_id", "user_id", "user_session"], .rees46),
        (["user_id", "event", "timestamp", "platform"], .retentioneering),
        (
            ["order_id", "customer_id", "order_status", "order_purchase_timestamp"],
            .olistOrders
        ),
        (["order_id", "order_item_id", "product_id", "price"], .olistItems),
        (["order_id", "payment_sequential", "payment_type", "payment_value"], .olistPayments),
        (["customer_id", "customer_unique_id"], .olistCustomers),
        (["product_id", "product_category_name"], .olistProducts),
        (["review_id", "order_id", "review_score"], .notNeeded("Olist order reviews")),
        (["seller_id", "seller_state"], .notNeeded("Olist sellers")),
        (["geolocation_lat", "geolocation_lng"], .notNeeded("Olist places")),
        (
            ["product_category_name", "product_category_name_english"],
            .notNeeded("Olist category names")
        ),
        (
            ["event_id", "domain_sessionid", "derived_tstamp"],
            .notNeeded("results expected of a Snowplow package")
        ),
        (
            ["domain_sessionid", "session_cart_abandoned"],
            .notNeeded("sessions expected of a Snowplow package")
        ),
    ]

    static func recognise(path: String, name: String) throws(ReplayFailure) -> DataFileContent {
        let head = try FileBytes(path: path).next() ?? []
        let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
        guard let first = text.first(where: { $0 > 0x20 }) else {
            return DataFileContent(
                path: path, name: name, content: .unknown("empty"), firstTime: "")
        }
        if first == UInt8(ascii: "{") {
            let content = json(String(decoding: text, as: UTF8.self))
            return DataFileContent(path: path, name: name, content: content, firstTime: "")
        }
        return try table(path: path, name: name)
    }

    // Names of members, not a parsed object: a session may be longer than the head, and a file
    // whose first line is garbled is still a file of its kind.
    private static func json(_ head: String) -> FileContent {
        func names(_ members: String...) -> Bool {
            members.allSatisfy { head.contains("\"\($0)\"") }
        }
        if names("session", "events", "aid", "ts") { return .otto }
        if names("event_id", "collector_tstamp") || names("event_id", "derived_tstamp") {
            return .snowplow
        }
        return .unknown("JSON of an unknown kind")
    }

    private static func table(
        path: String, name: String
    ) throws(ReplayFailure) -> DataFileContent {
        var reader = CSVReader(LineReader(try FileBytes(path: path)))
        guard case .record(let header) = try reader.next() else {
            return DataFileContent(
                path: path, name: name, content: .unknown("not text with a header"), firstTime: "")
        }
        let columns = Set(header.fields)
        let content =
            tables.first { $0.columns.isSubset(of: columns) }?.content
            ?? .unknown("no header of a known data set")
        var firstTime = ""
        if content.role == .events, case .record(let row) = try reader.next(),
            let column = header.fields.firstIndex(where: { $0.contains("time") }),
            row.fields.indices.contains(column)
        {
            firstTime = row.fields[column]
        }
        return DataFileContent(path: path, name: name, content: content, firstTime: firstTime)
    }
}
