internal import BatonCore

/// OTTO's sessions: a session is one person's weeks in the web shop and the app.
///
/// - The file does not tell the web shop from the app, so the person's days alternate between
///   two devices, an app and a browser: a day is UTC's, and which one begins depends on the
///   session's number.
/// - `carts` puts one more piece of the article into the cart; there are no prices or removals.
/// - `orders` of one session and millisecond are one order, named after the two: one piece of
///   each article, whose line leaves the cart.
struct OTTO {
    private struct Session: Decodable {
        struct Event: Decodable, Hashable {
            let aid: Int64
            let ts: Int64
            let type: String
        }
        let session: Int64
        let events: [Event]
    }

    private struct EventKey: Hashable {
        let session: Int64
        let event: Session.Event
    }

    private static let millisecondsPerDay: Int64 = 86_400_000

    private var planned: [PlannedEvent] = []
    private var placeOfEvent: [EventKey: Int] = [:]
    private var purchases: [String: Int] = [:]

    static func events(
        in folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [PlannedEvent] {
        var reading = OTTO()
        for file in folder.files(of: .otto) {
            var lines = try JSONLines<Session>(file)
            while let (place, session) = try lines.next(&report) {
                for event in session.events {
                    guard try report.hasRoomForEventRow() else { return reading.planned }
                    report.countEventRow()
                    report.rowsRead += 1
                    do throws(RowDefect) {
                        try reading.take(event, of: session.session, place, &report)
                    } catch {
                        try report.skip(place, error)
                    }
                }
            }
        }
        return reading.planned
    }

    private mutating func take(
        _ event: Session.Event, of session: Int64, _ place: RowPlace,
        _ report: inout ReadingReport
    ) throws(RowDefect) {
        let key = EventKey(session: session, event: event)
        if let earlier = placeOfEvent[key] {
            planned[earlier].event.deliveries += 1
            report.note(.duplicateRow, at: place)
            return
        }
        guard event.ts >= 0, event.ts <= Int64(largestExactInteger) else {
            throw RowDefect(.badTime, "\(event.ts)")
        }
        let sku = String(event.aid)
        switch event.type {
        case "clicks": try append(key, place, .viewed(sku))
        case "carts": try append(key, place, .addToCart(ShopLine(sku: sku)))
        case "orders": try takePurchase(of: ShopLine(sku: sku), key, place)
        default: try append(key, place, .unknown(type: event.type))
        }
    }

    private mutating func takePurchase(
        of line: ShopLine, _ key: EventKey, _ place: RowPlace
    ) throws(RowDefect) {
        let order = SafeName.make("", "\(key.session)-\(key.event.ts)")
        func action(_ lines: [ShopLine]) -> ShopAction {
            .purchase(ShopPurchase(order: .named(order), content: .lines(lines)))
        }
        guard let index = purchases[order] else {
            purchases[order] = planned.count
            return try append(key, place, action([line]))
        }
        placeOfEvent[key] = index
        let old = planned[index].event
        guard case .purchase(let purchase) = old.action, case .lines(var lines) = purchase.content
        else { return }
        lines.combine(line)
        planned[index].event = ShopEvent(
            device: old.device, time: old.time, place: old.place, action: action(lines),
            deliveries: old.deliveries)
    }

    private mutating func append(
        _ key: EventKey, _ place: RowPlace, _ action: ShopAction
    ) throws(RowDefect) {
        let isApp = (key.event.ts / Self.millisecondsPerDay + key.session) % 2 == 0
        let name = isApp ? "app" : "web"
        let device = ShopDevice(
            stream: try SafeName.stream("cust-", String(key.session)), name: name, kind: .sdk,
            channel: try .shop(name))
        placeOfEvent[key] = planned.count
        planned.append(
            PlannedEvent(
                ShopEvent(device: device, time: key.event.ts, place: place, action: action)))
    }
}
