import BatonCore
import Testing

@testable import BatonReplay

@Suite struct PlainCountTests {
    private let device: ShopDevice

    init() throws {
        device = ShopDevice(
            stream: try StreamID("cust-1"), name: "web", kind: .sdk,
            channel: try ChannelName("web"))
    }

    private func count(_ actions: ShopAction...) -> PlainCount {
        PlainCount(
            actions.map {
                ShopEvent(
                    device: device, time: 0, place: RowPlace(file: "x", line: 1), action: $0,
                    deliveries: 2)
            })
    }

    @Test func `A line without pieces is gone, and what comes later begins anew`() throws {
        let cart = try count(
            .addToCart(ShopLine(sku: "A", title: "Hat", price: Money(5, "EUR"), quantity: 2)),
            .removeFromCart(sku: "A", quantity: 3), .addToCart(ShopLine(sku: "A"))
        ).person("cust-1").cart
        #expect(cart.lines == ["A": PlainLine(title: nil, price: nil, quantity: 1)])
    }

    @Test func `A price that is missing leaves the earlier one`() throws {
        let cart = try count(
            .addToCart(ShopLine(sku: "A", price: Money(5, "EUR"))), .addToCart(ShopLine(sku: "A"))
        ).person("cust-1").cart
        #expect(cart.lines["A"] == PlainLine(price: Money(5, "EUR"), quantity: 2))
        #expect(cart.total(in: "EUR") == Money(10, "EUR"))
        #expect(cart.total(in: "USD") == nil)
    }

    @Test func `A checkout of the cart has the lines of the cart and its next number`() throws {
        let checkout = ShopAction.purchase(ShopPurchase(order: .nextOfCart, content: .wholeCart))
        let person = try count(
            .addToCart(ShopLine(sku: "A", title: "Hat", price: Money(5, "EUR"), quantity: 2)),
            checkout, .addToCart(ShopLine(sku: "B")), checkout
        ).person("cust-1")
        #expect(person.orders["main-1"]?.lines["A"]?.title == "Hat")
        #expect(person.orders["main-2"]?.lines.keys.sorted() == ["B"])
        #expect(person.cart.lines.isEmpty)
    }

    @Test func `Totals sum up all people`() throws {
        let totals = count(
            .addToCart(ShopLine(sku: "A", quantity: 2)), .journeyFact("support_chat"),
            .placeOrder(id: "o", lines: [ShopLine(sku: "B")], total: nil),
            .pay(order: "o", ShopPayment(key: "1", method: "card", amount: nil)),
            .moveOrder(id: "o", to: "approved")
        ).totals()
        #expect(totals.people == 1)
        #expect(totals.cartPieces == 2)
        #expect(totals.states == ["approved": 1])
        #expect(totals.payments == 1)
        #expect(totals.journeyFacts == 1)
    }
}
