import BatonCore
import Testing

@testable import BatonReplay

@Suite struct OlistTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ orders: String..., limit: Int? = nil) throws -> LoadedDataSet {
        let header =
            "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
            + "order_delivered_carrier_date,order_delivered_customer_date\n"
        try folder.write("orders", header + orders.map { $0 + "\n" }.joined())
        return try folder.open(ReadingOptions(limit: limit))
    }

    private func moves(_ set: LoadedDataSet) -> [String] {
        set.events.compactMap { event in
            guard case .moveOrder(_, let state) = event.action else { return nil }
            return state
        }
    }

    @Test(
        arguments: [
            ("created", ["", "", ""], []), ("approved", ["2", "", ""], ["approved"]),
            ("invoiced", ["2", "", ""], ["approved", "invoiced"]),
            ("unavailable", ["2", "", ""], ["approved", "unavailable"]),
            ("shipped", ["2", "3", ""], ["approved", "shipped"]),
            ("delivered", ["2", "3", "4"], ["approved", "shipped", "delivered"]),
            ("delivered", ["2", "", ""], ["approved", "delivered"]),
            ("delivered", ["", "", "4"], ["shipped", "delivered"]),
            ("canceled", ["", "", ""], ["cancelled"]),
            ("canceled", ["2", "3", "4"], ["approved", "shipped", "cancelled"]),
        ] as [(String, [String], [String])])
    func `An order goes through the states that it has times for and ends in its status`(
        status: String, days: [String], states: [String]
    ) throws {
        let stamps = days.map { $0.isEmpty ? "" : "2017-07-0\($0) 00:00:00" }
        let set = try load("o,c,\(status),2017-07-01 00:00:00,\(stamps.joined(separator: ","))")
        #expect(moves(set) == states)
        let allowed = Set(Self.moves)
        for (from, to) in zip(["placed"] + states, states) {
            #expect(allowed.contains("\(from) \(to)"), "\(from) to \(to)")
        }
    }

    @Test func `Times out of order do not change the order of the states`() throws {
        let set = try load(
            "o,c,delivered,2017-07-05 00:00:00,2017-07-04 00:00:00,2017-07-09 00:00:00,"
                + "2017-07-08 00:00:00")
        #expect(moves(set) == ["approved", "shipped", "delivered"])
        #expect(set.report.notes[.stampsOutOfOrder] == 1)
        #expect(set.events.last?.time == 1_499_472_000_000)
    }

    @Test func `Tables are joined: one person places two orders from two devices`() throws {
        try folder.write(
            "1", "customer_id,customer_unique_id,customer_state\nc1,p,SP\nc2,p,SP\n")
        try folder.write("2", "product_id,product_category_name,category_en\nA,bebes,baby\n")
        try folder.write(
            "3",
            "order_id,order_item_id,product_id,price,freight_value\n"
                + "o1,1,A,10.5,1.00\no1,2,A,10.5,1.00\no1,2,A,10.5,1.00\no2,1,B,3,0\noX,1,B,3,0\n")
        try folder.write(
            "4",
            "order_id,payment_sequential,payment_type,payment_installments,payment_value\n"
                + "o1,1,voucher,1,0.0\no1,2,credit_card,3,23\n")
        let set = try load(
            "o1,c1,shipped,2017-07-01 00:00:00,,2017-07-02 00:00:00,",
            "o2,c2,created,2017-07-03 00:00:00,,,")
        let person = try PlainCount(set.events).person("cust-p")
        let order = try #require(person.orders["o1"])
        #expect(
            order.lines == ["A": PlainLine(title: "baby", price: Money(1050, "BRL"), quantity: 2)])
        #expect(order.total == Money(2300, "BRL"))
        #expect(order.payments["2"]?.installments == 3)
        #expect(order.status == "shipped")
        #expect(person.orders["o2"]?.status == "placed")
        #expect(person.tags == ["state:SP"])
        #expect(set.journeys().first?.devices.map(\.name) == ["c1", "service", "c2"])
        #expect(
            set.report.notes == [
                .duplicateRow: 1, .detailWithoutOrder: 1, .freePayment: 1, .orderWithoutPayment: 1,
            ])
    }

    @Test func `The limit counts orders and leaves the others' items alone`() throws {
        try folder.write("3", "order_id,order_item_id,product_id,price\no1,1,A,1\no2,1,A,1\n")
        let set = try load(
            "o1,c1,created,2017-07-01 00:00:00,,,", "o2,c2,created,2017-07-01 00:00:00,,,", limit: 1
        )
        #expect(set.actionCounts() == ["place-order": 1])
        #expect(set.report.notes[.detailWithoutOrder] == nil)
    }

    @Test func `An order of an unknown status is skipped, one without customer is not`() throws {
        let set = try load(
            "o1,c1,teleported,2017-07-01 00:00:00,,,", "o2,c2,created,2017-07-01 00:00:00,,,")
        #expect(set.report.skipped == [.unknownState: 1])
        #expect(set.report.notes[.orderWithoutPerson] == 1)
        #expect(set.events.map(\.device.stream.description) == ["cust-c2"])
    }

    /// The moves of the order workflow that Olist's states can take.
    private static let moves = [
        "placed approved", "placed invoiced", "placed processing", "placed shipped",
        "placed cancelled", "placed unavailable", "approved invoiced", "approved processing",
        "approved shipped", "approved delivered", "approved cancelled", "approved unavailable",
        "shipped delivered", "shipped cancelled",
    ]
}
