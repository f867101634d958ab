internal import BatonCore

/// Retentioneering's shop events (synthetic).
///
/// - A person is a `user_id`; each platform of the person is a device: a browser on the desktop,
///   an app on the phone and another on the tablet.
/// - `add_to_cart` names no product: one of a dozen made-up ones is chosen by a hash of the
///   person, session and time, so that the devices of a person sometimes add the same one. There
///   are no prices.
/// - `purchase` checks out the whole cart; the order has the id that follows from the cart.
/// - Steps of the checkout, troubles and wishes become facts of the journey; page views are
///   counted only.
/// - Acquisition channel, cohort and life cycle become tags of the profile when first seen.
struct Retentioneering {
    private static let products: UInt64 = 12
    private static let pages: Set = [
        "account_page", "cart", "catalog", "compare", "filter_results", "home", "product_view",
        "promo_page", "review_page", "search",
    ]
    private static let facts: Set = [
        "checkout_bug", "error_page", "payment_details", "payment_error", "shipping_details",
        "support_chat", "wishlist_add",
    ]

    private var planned: [PlannedEvent] = []
    private var placeOfRow: [[String]: Int] = [:]
    private var knownTags: Set<[String]> = []

    static func events(
        in folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [PlannedEvent] {
        var reading = Retentioneering()
        for file in folder.files(of: .retentioneering) {
            var table = try CSVTable(file)
            while let row = try table.nextEvent(&report) {
                do throws(RowDefect) {
                    try reading.take(row, &report)
                } catch {
                    try report.skip(row.place, error)
                }
            }
        }
        return reading.planned
    }

    private mutating func take(_ row: CSVRow, _ report: inout ReadingReport) throws(RowDefect) {
        if let place = placeOfRow[row.fields] {
            planned[place].event.deliveries += 1
            report.note(.duplicateRow, at: row.place)
            return
        }
        let time = try TimeText.milliseconds(row["timestamp"])
        let device = try device(of: row)
        let type = try row.required("event")
        takeTags(of: row, device, time)
        placeOfRow[row.fields] = planned.count
        append(row, device, time, action(type, row))
    }

    private func action(_ type: String, _ row: CSVRow) -> ShopAction {
        switch type {
        case "add_to_cart":
            let number = StableHash.of(row["user_id"], row["session_id"], row["timestamp"])
            return .addToCart(ShopLine(sku: "product-\(number % Self.products + 1)"))
        case "purchase":
            return .purchase(ShopPurchase(order: .nextOfCart, content: .wholeCart))
        case _ where Self.facts.contains(type): return .journeyFact(type)
        case _ where Self.pages.contains(type): return .viewed(type)
        default: return .unknown(type: type)
        }
    }

    private mutating func takeTags(of row: CSVRow, _ device: ShopDevice, _ time: Int64) {
        let columns = [
            ("acquisition", "acquisition_channel"), ("cohort", "user_cohort"),
            ("lifecycle", "user_lifecycle"),
        ]
        let tags = columns.filter { !row[$0.1].isEmpty }.map { "\($0.0):\(row[$0.1])" }
            .filter { knownTags.insert([row["user_id"], $0]).inserted }
        if !tags.isEmpty { append(row, device, time, .profile(ShopProfile(tags: tags))) }
    }

    private mutating func append(
        _ row: CSVRow, _ device: ShopDevice, _ time: Int64, _ action: ShopAction
    ) {
        planned.append(
            PlannedEvent(
                ShopEvent(device: device, time: time, place: row.place, action: action)))
    }

    private func device(of row: CSVRow) throws(RowDefect) -> ShopDevice {
        let platform = try row.required("platform")
        let isApp = platform == "mobile" || platform == "tablet"
        return ShopDevice(
            stream: try SafeName.stream("cust-", row["user_id"]), name: platform, kind: .sdk,
            channel: try .shop(isApp ? "app" : "web"))
    }
}
