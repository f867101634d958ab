import BatonCore
import Testing

@testable import BatonReplay

@Suite struct REES46Tests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ rows: String...) throws -> LoadedDataSet {
        try folder.write(
            "x.csv",
            "event_time,event_type,product_id,price,user_id,user_session\n"
                + rows.map { "2022-10-01 00:00:\($0)\n" }.joined())
        return try folder.open()
    }

    @Test func `Adding counts up, removing takes the whole line`() throws {
        let set = try load(
            "01 UTC,cart,A,2.50,7,s", "02 UTC,cart,A,2.60,7,t", "03 UTC,cart,B,1.00,7,t",
            "04 UTC,remove_from_cart,B,1.00,7,s", "05 UTC,view,A,2.60,7,s")
        let cart = try PlainCount(set.events).person("cust-7").cart
        #expect(cart.pieces == ["A": 2])
        #expect(cart.lines["A"]?.price == Money(260, "XXX"))
        #expect(set.journeys().map(\.devices.count) == [2])
        #expect(set.actionCounts()["viewed"] == 1)
    }

    @Test func `Rows of one session and second are one order, which leaves the rest of the cart`()
        throws
    {
        let set = try load(
            "01 UTC,cart,A,2.50,7,s", "01 UTC,cart,C,9.00,7,s", "09 UTC,purchase,A,2.50,7,s",
            "09 UTC,purchase,B,1.00,7,s", "10 UTC,purchase,D,1.00,7,s")
        let count = PlainCount(set.events)
        let person = try count.person("cust-7")
        #expect(person.cart.pieces == ["C": 1])
        #expect(
            person.orders.mapValues { $0.lines.keys.sorted() }
                == ["s-1664582409": ["A", "B"], "s-1664582410": ["D"]])
        #expect(count.notes == [.purchaseOfAbsentLine: 2])
    }

    @Test func `A repeated row is one event that was delivered again`() throws {
        let row = "01 UTC,cart,A,2.50,7,s"
        let set = try load(row, "01 UTC,cart,A,2.50,8,u", row, row)
        #expect(set.events.map(\.deliveries) == [3, 1])
        #expect(set.report.notes == [.duplicateRow: 2])
        #expect(try PlainCount(set.events).person("cust-7").cart.pieces == ["A": 1])
    }

    @Test func `A removal of what was never added is kept, and the cart stays as it is`() throws {
        let set = try load("01 UTC,cart,A,2.50,7,s", "02 UTC,remove_from_cart,Z,1.00,7,s")
        let count = PlainCount(set.events)
        #expect(set.written.count == 2)
        #expect(count.notes == [.removalOfAbsentLine: 1])
        #expect(try count.person("cust-7").cart.pieces == ["A": 1])
    }

    @Test func `A negative price is no price, and an unknown type is counted`() throws {
        let set = try load(
            "01 UTC,cart,A,-79.37,7,s", "02 UTC,cart,B,,7,", "03 UTC,swipe,C,1.00,7,s")
        #expect(set.report.notes == [.unusablePrice: 1, .noSession: 1])
        #expect(
            set.written == [.addToCart(ShopLine(sku: "A")), .addToCart(ShopLine(sku: "B"))])
        #expect(set.unknownTypeCounts() == ["swipe": 1])
    }
}
