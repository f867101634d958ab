import BatonCore

@testable import BatonReplay

/// A shop that never was: people with an app, two browsers and a shop's till, who do all that the
/// data sets know of, by a seed.
struct MadeUpShop {
    private static let start: Int64 = 1_600_000_000_000
    private static let moves = [
        "placed": ["approved", "shipped", "cancelled"], "approved": ["shipped", "cancelled"],
        "shipped": ["delivered"], "cancelled": ["refunded"], "delivered": ["returned"],
    ]

    private var dice: SplitMix64
    private var count = PlainCount()
    private(set) var events: [ShopEvent] = []

    init(seed: UInt64, people: Int, steps: Int) throws {
        dice = SplitMix64(seed: seed)
        for step in 0..<(people * steps) {
            let stream = try StreamID("cust-\(pick(below: people))")
            try append(stream, step)
        }
    }

    /// The shop as a data set.
    var data: LoadedDataSet {
        LoadedDataSet(
            kind: .rees46, files: [], events: events, report: ReadingReport(ReadingOptions()))
    }

    private mutating func append(_ stream: StreamID, _ step: Int) throws {
        let (name, kind) = [
            ("app", ShopDevice.Kind.sdk), ("web-1", .sdk), ("web-2", .sdk), ("till", .thin),
        ][pick(below: 4)]
        let channel = try ChannelName(kind == .thin ? "store" : name == "app" ? "app" : "web")
        let event = ShopEvent(
            device: ShopDevice(stream: stream, name: name, kind: kind, channel: channel),
            time: Self.start + Int64(step) * 1000, place: RowPlace(file: "made-up", line: step + 1),
            action: action(stream, step), deliveries: pick(below: 10) == 0 ? 2 : 1)
        events.append(event)
        count.apply(event)
    }

    private mutating func action(_ stream: StreamID, _ step: Int) -> ShopAction {
        switch pick(below: 14) {
        case 0...4: return .addToCart(line())
        case 5: return .removeFromCart(sku: sku(), quantity: nil)
        case 6: return .removeFromCart(sku: sku(), quantity: Int64(pick(below: 3) + 1))
        case 7: return .purchase(purchase(step))
        case 8: return .placeOrder(id: "o-\(step)", lines: [line(), line()], total: money())
        case 9, 10: return move(stream) ?? .viewed("home")
        case 11:
            guard let order = order(stream) else { return .unknown(type: "odd") }
            return .pay(
                order: order,
                ShopPayment(key: "\(pick(below: 2))", method: "card", amount: money()))
        case 12: return .profile(ShopProfile(email: "a@\(pick(below: 3)).invalid", tags: ["t"]))
        default: return .journeyFact("fact \(pick(below: 3))")
        }
    }

    private mutating func purchase(_ step: Int) -> ShopPurchase {
        let payments = [ShopPayment(key: "1", method: nil, amount: money(), installments: 3)]
        switch pick(below: 4) {
        case 0: return ShopPurchase(order: .named("p-\(step)"), content: .lines([line(), line()]))
        case 1:
            return ShopPurchase(
                order: .named("p-\(step)"), content: .linesAndEmptyCart([line()]), total: money(),
                payments: payments)
        default: return ShopPurchase(order: .nextOfCart, content: .wholeCart)
        }
    }

    private mutating func move(_ stream: StreamID) -> ShopAction? {
        guard let order = order(stream), let now = count.people[stream]?.orders[order]?.status,
            let next = Self.moves[now]
        else { return nil }
        return .moveOrder(id: order, to: next[pick(below: next.count)])
    }

    private mutating func order(_ stream: StreamID) -> String? {
        let orders = count.people[stream]?.orders.keys.sorted() ?? []
        return orders.isEmpty ? nil : orders[pick(below: orders.count)]
    }

    private mutating func line() -> ShopLine {
        let number = pick(below: 4)
        return ShopLine(
            sku: sku(), title: number == 0 ? nil : "Title \(number)", price: money(),
            quantity: Int64(pick(below: 3) + 1))
    }

    private mutating func sku() -> String { "sku/\(pick(below: 5))" }

    private mutating func money() -> Money? {
        let amount = pick(below: 4)
        return amount == 0 ? nil : Money(Int64(amount) * 100, "EUR")
    }

    private mutating func pick(below count: Int) -> Int { Int(dice.next() % UInt64(count)) }
}
