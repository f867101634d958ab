import BatonCore
import Testing

@testable import BatonSync

/// The typed views say what the schema says.
@Suite struct `Views` {
    private let shop = TestShop()

    @Test func `A cart is read and written line by line`() async throws {
        let phone = try await shop.client()
        let cart = try phone.cart()
        try await cart.edit { cart in
            cart.add("B", quantity: 2, title: "Bread", price: Money(300, "EUR"))
            cart.add("A", title: "Apples")
            cart.setCurrency("EUR")
            cart.addCoupon("SPRING")
            cart.addCoupon("AUTUMN")
        }
        #expect(cart.lines.map(\.sku) == ["A", "B"])
        #expect(cart.total == nil)
        #expect(cart.coupons == ["AUTUMN", "SPRING"])
        try await cart.setNote("ripe", on: "A")
        try await cart.setNote("for Sunday")
        try await cart.removeCoupon("SPRING")
        try await cart.setQuantity("A", to: 0)
        #expect(cart.lines.map(\.sku) == ["B"])
        #expect(cart.total == Money(600, "EUR"))
        #expect(cart.note == "for Sunday")
        #expect(cart.contents.currency == "EUR")
        try await cart.clear()
        #expect(cart.lines.isEmpty)
    }

    @Test func `An order from elsewhere is placed, paid and moved on`() async throws {
        let service = try await shop.client()
        let order = try service.stream("cust-1").order("o-77")
        #expect(order.status == nil)
        try await order.place(
            [OrderLine(sku: "A", quantity: 2, price: Money(250, "BRL"))],
            placedAt: 1_500_000_000_000, externalID: "x-77")
        try await order.addPayment(
            OrderPayment(id: "1", method: "card", amount: Money(500, "BRL"), installments: 3))
        try await order.edit { order in
            order.move(to: "approved")
            order.move(to: "invoiced")
            order.note("stamped")
        }
        #expect(order.status == "invoiced")
        #expect(order.total == Money(500, "BRL"))
        #expect(order.payments.map(\.installments) == [3])
        #expect(order.contents.placedAt == "2017-07-14T02:40:00.000Z")
        #expect(order.contents.externalID == "x-77")
        #expect(order.contents.history == ["stamped"])
        try await order.cancel()
        let failure = await #expect(throws: SyncFailure.self) { try await order.collect() }
        #expect(failure?.code == .invalidWrite)
    }

    @Test func `A withdrawal of a consent prevails over a grant made apart`() async throws {
        let (web, store) = (try await shop.client(), try await shop.client())
        try await web.stream("cust-1").profile().grant(consent: "mail")
        try await store.stream("cust-1").profile().withdraw(consent: "mail")
        for _ in 0..<2 {
            try await web.sync()
            try await store.sync()
        }
        #expect(try web.stream("cust-1").profile().hasConsent("mail") == false)
        #expect(web.conflicts().values.flatMap(\.self).map(\.path.pointer) == ["/consents/mail"])
        #expect(try web.viewHash() == store.viewHash())
    }

    @Test func `An address keeps the parts that are not said again`() async throws {
        let phone = try await shop.client()
        let profile = try phone.stream("cust-1").profile()
        try await profile.edit { profile in
            profile.setAddress("home", PostalAddress(street: "Elm 1", city: "Ulm"))
            profile.setEmail("ada@example.org")
            profile.addTag("regular")
        }
        try await profile.edit { $0.setAddress("home", PostalAddress(city: "Bonn")) }
        try await profile.note("came in")
        #expect(
            profile.contents.addresses == ["home": PostalAddress(street: "Elm 1", city: "Bonn")])
        #expect(profile.email == "ada@example.org")
        #expect(profile.contents.tags == ["regular"])
        #expect(profile.contents.journey == ["came in"])
    }

    @Test func `Any entity is read as JSON and says whether it is pending`() async throws {
        let phone = try await shop.client()
        let cart = try phone.stream("cust-1").entity("cart/main")
        #expect(cart.value == nil)
        try await cart.edit { $0.set(.string("x"), at: "note") }
        #expect(cart.value?["note"] == .string("x"))
        #expect(cart.isPending)
        try await phone.sync()
        #expect(!cart.isPending)
    }
}
