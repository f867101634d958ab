internal import BatonCore

/// Snowplow's e-commerce tracker events.
///
/// - Who is a person says ``SnowplowPeople``. A device is a session of a browser or an app.
/// - `add_to_cart` and `remove_from_cart` list the products that were added or removed; one that
///   is listed twice is two pieces. The cart's total that comes with them is compared and where
///   it differs noted: trackers send it as their page sees it.
/// - `transaction` is an order of its products under its own id, paid in one payment; the cart is
///   empty afterwards.
/// - `refund` is of the person's latest order, for it names none: a service cancels and refunds it.
/// - `checkout_step` becomes a fact of the journey, an e-mail address part of the profile.
struct Snowplow {
    private typealias Read = (place: RowPlace, time: Int64, row: SnowplowRow)

    private var planned: [PlannedEvent] = []
    private var people = SnowplowPeople()
    private var carts: [StreamID: PlainCart] = [:]
    private var emails: [StreamID: String] = [:]
    private var purchases: [[String]: Int] = [:]
    private var latestOrder: [StreamID: String] = [:]

    static func events(
        in folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [PlannedEvent] {
        var reading = Snowplow()
        let rows = try read(folder, &report)
        for read in rows { reading.people.learn(from: read.row) }
        for read in rows {
            do throws(RowDefect) {
                try reading.take(read, &report)
            } catch {
                try report.skip(read.place, error)
            }
        }
        reading.noteSharedNetworks(rows, &report)
        return reading.planned
    }

    /// All rows in the order of time, each event once.
    private static func read(
        _ folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [Read] {
        var rows: [Read] = []
        var seen: Set<String> = []
        for file in folder.files(of: .snowplow) {
            var lines = try JSONLines<SnowplowRow>(file)
            while try report.hasRoomForEventRow(), let (place, row) = try lines.next(&report) {
                report.countEventRow()
                report.rowsRead += 1
                guard seen.insert(row.eventID).inserted else {
                    report.note(.duplicateRow, at: place)
                    continue
                }
                do throws(RowDefect) {
                    rows.append((place, try row.time(), row))
                } catch {
                    try report.skip(place, error)
                }
            }
        }
        return rows.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    private mutating func take(_ read: Read, _ report: inout ReadingReport) throws(RowDefect) {
        let row = read.row
        let device = try device(of: row)
        let products = try SnowplowProducts.lines(of: row)
        if let email = row.user?.email, !email.isEmpty, emails[device.stream] != email {
            emails[device.stream] = email
            append(read, device, .profile(ShopProfile(email: email)))
        }
        switch row.action?.type ?? "" {
        case "add_to_cart":
            try takeCartChange(read, device, products.map { .addToCart($0) }, &report)
        case "remove_from_cart":
            try takeCartChange(
                read, device, products.map { .removeFromCart(sku: $0.sku, quantity: $0.quantity) },
                &report)
        case "transaction": try takeTransaction(read, device, products, &report)
        case "refund": try takeRefund(read, device, &report)
        case "checkout_step":
            append(
                read, device, .journeyFact("checkout step \(row.checkoutStep?.step?.text ?? "")"))
        case "product_view", "list_view", "list_click", "promo_view", "promo_click":
            append(read, device, .viewed(products.first?.sku ?? row.action?.type ?? ""))
        case "": append(read, device, .unknown(type: "(none)"))
        case let other: append(read, device, .unknown(type: other))
        }
    }

    private mutating func takeCartChange(
        _ read: Read, _ device: ShopDevice, _ actions: [ShopAction], _ report: inout ReadingReport
    ) throws(RowDefect) {
        for action in actions {
            append(read, device, action)
            carts[device.stream, default: PlainCart()].apply(action)
        }
        guard let cart = read.row.cart, let total = cart.totalValue?.text,
            let own = carts[device.stream]?.total(in: cart.currency ?? AmountText.noCurrency)
        else { return }
        if try AmountText(total, cart.currency ?? AmountText.noCurrency).money != own {
            report.note(.cartTotalDiffers, at: read.place)
        }
    }

    private mutating func takeTransaction(
        _ read: Read, _ device: ShopDevice, _ lines: [ShopLine], _ report: inout ReadingReport
    ) throws(RowDefect) {
        let transaction = read.row.transaction
        let order = SafeName.make("", transaction?.id?.text ?? read.row.eventID)
        if let earlier = purchases[[device.stream.description, order]] {
            planned[earlier].event.deliveries += 1
            report.note(.duplicateRow, at: read.place)
            return
        }
        var revenue: Money?
        if let text = transaction?.revenue?.text {
            let amount = try AmountText(text, transaction?.currency ?? AmountText.noCurrency)
            if amount.isRounded { report.note(.roundedPrice, at: read.place) }
            revenue = amount.money
        }
        purchases[[device.stream.description, order]] = planned.count
        latestOrder[device.stream] = order
        carts[device.stream] = PlainCart()
        append(
            read, device,
            .purchase(
                ShopPurchase(
                    order: .named(order), content: .linesAndEmptyCart(lines), total: revenue,
                    payments: [
                        ShopPayment(key: "1", method: transaction?.paymentMethod, amount: revenue)
                    ])))
    }

    private mutating func takeRefund(
        _ read: Read, _ device: ShopDevice, _ report: inout ReadingReport
    ) throws(RowDefect) {
        guard let order = latestOrder.removeValue(forKey: device.stream) else {
            report.note(.refundWithoutOrder, at: read.place)
            return
        }
        let service = ShopDevice(
            stream: device.stream, name: "service", kind: .thin, channel: try .shop("service"))
        append(read, service, .moveOrder(id: order, to: "cancelled"))
        append(read, service, .moveOrder(id: order, to: "refunded"))
    }

    private mutating func append(_ read: Read, _ device: ShopDevice, _ action: ShopAction) {
        planned.append(
            PlannedEvent(
                ShopEvent(device: device, time: read.time, place: read.place, action: action)))
    }

    private func device(of row: SnowplowRow) throws(RowDefect) -> ShopDevice {
        let sessions = [row.domainSessionID, row.clientSession?.sessionID]
        let session = sessions.compactMap(\.self).first { !$0.isEmpty } ?? "no-session"
        return ShopDevice(
            stream: try people.stream(of: row), name: session, kind: .sdk,
            channel: try .shop(row.platform == "mob" ? "app" : "web"))
    }

    private func noteSharedNetworks(_ rows: [Read], _ report: inout ReadingReport) {
        var first: [String: (place: RowPlace, streams: Set<StreamID>)] = [:]
        for read in rows {
            guard let network = read.row.networkUserID, !network.isEmpty,
                let stream = try? people.stream(of: read.row)
            else { continue }
            first[network, default: (read.place, [])].streams.insert(stream)
        }
        let shared = first.values.filter { $0.streams.count > 1 }
        for network in shared.sorted(by: { $0.place.line < $1.place.line }) {
            report.note(.sharedNetworkID, at: network.place)
        }
    }
}
