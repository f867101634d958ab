import BatonCore
import Testing

@testable import BatonReplay

@Suite struct RetentioneeringTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ rows: String...) throws -> LoadedDataSet {
        let header =
            "user_id,session_id,event,timestamp,platform,acquisition_channel,user_cohort,"
            + "user_lifecycle\n"
        try folder.write("x.csv", header + rows.map { "\($0)\n" }.joined())
        return try folder.open()
    }

    private func row(
        _ event: String, _ second: Int, on platform: String = "desktop", life: String = "new"
    ) -> String {
        "u,s,\(event),2024-03-13 10:00:\(10 + second),\(platform),email,2024-01,\(life)"
    }

    @Test func `Platforms are devices, and a purchase takes the cart of all of them`() throws {
        let set = try load(
            row("add_to_cart", 1), row("add_to_cart", 2, on: "mobile"),
            row("purchase", 3, on: "tablet"), row("add_to_cart", 4), row("purchase", 5),
            row("purchase", 6))
        let journey = try #require(set.journeys().first)
        #expect(journey.devices.map(\.name) == ["desktop", "mobile", "tablet"])
        #expect(journey.devices.map(\.channel.description) == ["web", "app", "app"])
        let count = PlainCount(set.events)
        let person = try count.person("cust-u")
        #expect(person.cart.lines.isEmpty)
        #expect(person.checkouts == 2)
        #expect(
            person.orders.mapValues { $0.lines.values.reduce(0) { $0 + $1.quantity } }
                == ["main-1": 2, "main-2": 1])
        #expect(count.notes == [.emptyCheckout: 1])
    }

    @Test func `Made-up products are the same on every reading`() throws {
        let first = try load(row("add_to_cart", 1), row("add_to_cart", 2)).written
        let second = try load(row("home", 0), row("add_to_cart", 1), row("add_to_cart", 2)).written
        #expect(first == second)
        #expect(first.count == 3)
    }

    @Test func `Troubles are facts, pages are counted, new tags are kept once`() throws {
        let set = try load(
            row("home", 1), row("payment_error", 2), row("payment_error", 3),
            row("cart", 4, life: "loyal"), row("teleport", 5))
        let person = try PlainCount(set.events).person("cust-u")
        #expect(person.journey == ["payment_error": 2])
        #expect(
            person.tags
                == ["acquisition:email", "cohort:2024-01", "lifecycle:loyal", "lifecycle:new"])
        #expect(set.actionCounts()["profile"] == 2)
        #expect(set.actionCounts()["viewed"] == 2)
        #expect(set.unknownTypeCounts() == ["teleport": 1])
    }
}
