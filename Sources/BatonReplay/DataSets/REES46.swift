internal import BatonCore

/// REES46's shop events.
///
/// - A person is a `user_id`, a device one of the person's `user_session`s on the web.
/// - `cart` puts one more piece into the cart at the row's price, `remove_from_cart` takes the
///   line out whole: that is how the shop's own totals come out.
/// - `purchase` rows of one session and second are one order, named after the two. It takes its
///   products out of the cart; others stay there.
/// - The file names no currency: ``AmountText/noCurrency`` stands for that.
/// - An exact repetition of a row is the same event delivered again.
struct REES46 {
    private static let currency = AmountText.noCurrency

    private var planned: [PlannedEvent] = []
    private var placeOfRow: [[String]: Int] = [:]
    private var purchases: [String: (place: Int, lines: [ShopLine])] = [:]

    static func events(
        in folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [PlannedEvent] {
        var reading = REES46()
        for file in folder.files(of: .rees46) {
            var table = try CSVTable(file)
            while let row = try table.nextEvent(&report) {
                do throws(RowDefect) {
                    try reading.take(row, &report)
                } catch {
                    try report.skip(row.place, error)
                }
            }
        }
        return reading.finished()
    }

    private mutating func take(_ row: CSVRow, _ report: inout ReadingReport) throws(RowDefect) {
        if let place = placeOfRow[row.fields] {
            planned[place].event.deliveries += 1
            report.note(.duplicateRow, at: row.place)
            return
        }
        let time = try TimeText.milliseconds(row["event_time"])
        let device = try device(of: row, &report)
        let sku = try row.required("product_id")
        switch try row.required("event_type") {
        case "view": append(row, device, time, .viewed(sku))
        case "cart":
            append(row, device, time, .addToCart(try line(sku, row, &report)))
        case "remove_from_cart":
            append(row, device, time, .removeFromCart(sku: sku, quantity: nil))
        case "purchase":
            try take(purchaseOf: try line(sku, row, &report), row, device, time)
        case let other: append(row, device, time, .unknown(type: other))
        }
    }

    private mutating func take(
        purchaseOf line: ShopLine, _ row: CSVRow, _ device: ShopDevice, _ time: Int64
    ) throws(RowDefect) {
        let order = SafeName.make("", "\(device.name)-\(time / 1000)")
        if let purchase = purchases[order] {
            placeOfRow[row.fields] = purchase.place
            purchases[order]?.lines.combine(line)
        } else {
            purchases[order] = (planned.count, [line])
            append(
                row, device, time,
                .purchase(ShopPurchase(order: .named(order), content: .lines([line]))))
        }
    }

    private mutating func append(
        _ row: CSVRow, _ device: ShopDevice, _ time: Int64, _ action: ShopAction
    ) {
        placeOfRow[row.fields] = planned.count
        planned.append(
            PlannedEvent(
                ShopEvent(device: device, time: time, place: row.place, action: action)))
    }

    private func device(
        of row: CSVRow, _ report: inout ReadingReport
    ) throws(RowDefect) -> ShopDevice {
        let session = row["user_session"]
        if session.isEmpty { report.note(.noSession, at: row.place) }
        return ShopDevice(
            stream: try SafeName.stream("cust-", row["user_id"]),
            name: session.isEmpty ? "no-session" : session, kind: .sdk, channel: try .shop("web"))
    }

    private func line(
        _ sku: String, _ row: CSVRow, _ report: inout ReadingReport
    ) throws(RowDefect) -> ShopLine {
        guard !row["price"].isEmpty else { return ShopLine(sku: sku) }
        let price = try AmountText(row["price"], Self.currency)
        if price.isRounded { report.note(.roundedPrice, at: row.place) }
        guard price.money.amount >= 0 else {
            report.note(.unusablePrice, at: row.place)
            return ShopLine(sku: sku)
        }
        return ShopLine(sku: sku, price: price.money)
    }

    // A purchase is whole only when all rows have been read.
    private consuming func finished() -> [PlannedEvent] {
        for (order, purchase) in purchases {
            let old = planned[purchase.place].event
            planned[purchase.place].event = ShopEvent(
                device: old.device, time: old.time, place: old.place,
                action: .purchase(
                    ShopPurchase(order: .named(order), content: .lines(purchase.lines))),
                deliveries: old.deliveries)
        }
        return planned
    }
}
