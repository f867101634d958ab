internal import BatonCore

/// Olist's marketplace orders.
///
/// - A person is a `customer_unique_id`. A `customer_id` belongs to one order only: each is a
///   device, an app or a browser by a hash of the id, which places the order and pays for it.
/// - The states after that are moved by a service of the shop, a thin client: see ``OlistStates``.
/// - Items are the order's lines, one piece each; the total is prices and freight. Money is in
///   Brazilian reais. Times have no zone and are read as UTC.
/// - Where times contradict the order of states, the states decide: an event is due no earlier
///   than the one that it follows on.
/// - The customer's federal state becomes a tag of the profile.
enum Olist {
    static func events(
        in folder: DataFolder, _ report: inout ReadingReport
    ) throws(ReplayFailure) -> [PlannedEvent] {
        let tables = try OlistTables(folder, &report)
        var planned: [PlannedEvent] = []
        var knownTags: Set<[String]> = []
        for order in tables.orders {
            do throws(RowDefect) {
                let customer = tables.customers[order.customer]
                if customer == nil { report.note(.orderWithoutPerson, at: order.place) }
                let stream = try SafeName.stream("cust-", customer?.person ?? order.customer)
                let state = customer?.state ?? ""
                let isNew =
                    !state.isEmpty && knownTags.insert([stream.description, state]).inserted
                planned += try placing(order, stream, tag: isNew ? "state:\(state)" : nil)
                planned += try moves(of: order, stream)
                noteOddities(of: order, &report)
            } catch {
                try report.skip(order.place, error)
            }
        }
        return planned
    }

    private static func placing(
        _ order: OlistOrder, _ stream: StreamID, tag: String?
    ) throws(RowDefect) -> [PlannedEvent] {
        let isApp = StableHash.of(order.customer) % 2 == 0
        let device = ShopDevice(
            stream: stream, name: order.customer, kind: .sdk,
            channel: try .shop(isApp ? "app" : "web"))
        let total = order.lines.isEmpty ? nil : Money(order.total, OlistTables.currency)
        var actions: [ShopAction] = tag.map { [.profile(ShopProfile(tags: [$0]))] } ?? []
        actions.append(.placeOrder(id: order.id, lines: order.lines, total: total))
        actions += order.payments.map { .pay(order: order.id, $0) }
        return actions.map {
            PlannedEvent(
                ShopEvent(
                    device: device, time: order.stamps.purchased, place: order.place, action: $0))
        }
    }

    private static func moves(
        of order: OlistOrder, _ stream: StreamID
    ) throws(RowDefect) -> [PlannedEvent] {
        let service = ShopDevice(
            stream: stream, name: "service", kind: .thin, channel: try .shop("service"))
        var due = order.stamps.purchased
        return order.steps.map { step in
            due = max(due, step.time ?? due)
            let action = ShopAction.moveOrder(id: order.id, to: step.state)
            let event = ShopEvent(
                device: service, time: step.time ?? due, place: order.place, action: action)
            return PlannedEvent(event, due: due)
        }
    }

    private static func noteOddities(of order: OlistOrder, _ report: inout ReadingReport) {
        let oddities: [(DataNote, Bool)] = [
            (.stampsOutOfOrder, order.stamps.areOutOfOrder),
            (.orderWithoutItems, order.lines.isEmpty),
            (.orderWithoutPayment, order.payments.isEmpty),
            (
                .deliveredWithoutStamp,
                order.status == "delivered" && order.stamps.delivered == nil
            ),
            (
                .cancelledAfterDelivery,
                order.status == "canceled" && order.stamps.delivered != nil
            ),
        ]
        for (note, applies) in oddities where applies { report.note(note, at: order.place) }
    }
}
