import BatonCore
import Testing

@testable import BatonReplay

@Suite struct SnowplowTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ lines: String...) throws -> LoadedDataSet {
        try folder.write("x", lines.map { $0 + "\n" }.joined())
        return try folder.open()
    }

    /// One line; `rest` follows the members that every event has.
    private func line(
        _ id: Int, _ type: String, _ rest: String = "", cookie: String = "c", session: String = "s"
    ) -> String {
        "{\"event_id\":\"e\(id)\",\"derived_tstamp\":\"2022-10-25 07:00:\(10 + id)\","
            + "\"platform\":\"web\",\"domain_userid\":\"\(cookie)\",\"network_userid\":\"n\","
            + "\"domain_sessionid\":\"\(session)\",\"action\":{\"type\":\"\(type)\"}\(rest)}"
    }

    private func products(_ ids: String...) -> String {
        let list = ids.map { "{\"id\":\"\($0)\",\"price\":\"13.2\",\"currency\":\"EUR\"}" }
        return ",\"products\":[\(list.joined(separator: ","))]"
    }

    @Test func `A product that is listed twice is two pieces`() throws {
        let set = try load(
            line(1, "add_to_cart", products("A", "A", "B")),
            line(2, "remove_from_cart", products("A")))
        let cart = try PlainCount(set.events).person("anon-c").cart
        #expect(cart.pieces == ["A": 1, "B": 1])
        #expect(cart.lines["A"]?.price == Money(1320, "EUR"))
    }

    @Test func `A transaction is a paid order and empties the cart; a refund ends it`() throws {
        let transaction =
            ",\"transaction\":{\"transaction_id\":\"T1\",\"currency\":\"EUR\","
            + "\"payment_method\":\"card\",\"revenue\":14.2}"
        let set = try load(
            line(1, "add_to_cart", products("A", "B")),
            line(2, "transaction", transaction + products("A")), line(3, "refund"),
            line(4, "refund"))
        let person = try PlainCount(set.events).person("anon-c")
        #expect(person.cart.lines.isEmpty)
        #expect(person.orders["T1"]?.lines.keys.sorted() == ["A"])
        #expect(person.orders["T1"]?.total == Money(1420, "EUR"))
        #expect(person.orders["T1"]?.payments["1"]?.method == "card")
        #expect(person.orders["T1"]?.status == "refunded")
        #expect(
            set.written.suffix(2) == [
                .moveOrder(id: "T1", to: "cancelled"), .moveOrder(id: "T1", to: "refunded"),
            ])
        #expect(set.events.last?.device.kind == .thin)
        #expect(set.report.notes[.refundWithoutOrder] == 1)
    }

    @Test func `A login joins cookies; a guest's id and a shared network do not`() throws {
        let user = ",\"user\":{\"id\":\"U\",\"email\":\"u@example.invalid\"}"
        let guest = ",\"user\":{\"id\":\"U\",\"is_guest\":\"true\"}"
        let set = try load(
            line(1, "add_to_cart", products("A"), cookie: "one", session: "1"),
            line(2, "product_view", user, cookie: "one", session: "1"),
            line(3, "add_to_cart", user + products("A"), cookie: "two", session: "2"),
            line(4, "add_to_cart", guest + products("A"), cookie: "three", session: "3"))
        let count = PlainCount(set.events)
        #expect(
            count.people.keys.map(\.description).sorted() == ["anon-three", "cust-U"])
        #expect(try count.person("cust-U").cart.pieces == ["A": 2])
        #expect(try count.person("cust-U").email == "u@example.invalid")
        #expect(set.report.notes[.sharedNetworkID] == 1)
    }

    @Test func `Events come in the order of their times, each once`() throws {
        let set = try load(
            line(3, "checkout_step", ",\"checkout_step\":{\"step\":\"2\"}"),
            line(1, "add_to_cart", products("A")), line(1, "add_to_cart", products("A")))
        #expect(set.events.map(\.place.line) == [2, 1])
        #expect(set.report.notes[.duplicateRow] == 1)
        #expect(try PlainCount(set.events).person("anon-c").journey == ["checkout step 2": 1])
    }

    @Test func `Events without a type are counted as unknown`() throws {
        let set = try load(line(1, ""), line(2, "swipe"), line(3, "list_view"))
        #expect(set.unknownTypeCounts() == ["(none)": 1, "swipe": 1])
        #expect(set.written.isEmpty)
    }

    @Test func `A cart total that the products contradict is noted`() throws {
        let total = ",\"cart\":{\"currency\":\"EUR\",\"total_value\":\"13.2\"}"
        let set = try load(
            line(1, "add_to_cart", total + products("A")),
            line(2, "add_to_cart", total + products("A")))
        #expect(set.report.notes == [.cartTotalDiffers: 1])
    }
}
