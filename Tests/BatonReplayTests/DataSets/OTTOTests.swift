import BatonCore
import Testing

@testable import BatonReplay

@Suite struct OTTOTests {
    private static let day = 86_400_000

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(
        _ session: Int, _ events: [(Int, Int, String)], limit: Int? = nil
    ) throws -> LoadedDataSet {
        let list = events.map { "{\"aid\":\($0),\"ts\":\($1),\"type\":\"\($2)\"}" }
        try folder.write(
            "x", "{\"session\":\(session),\"events\":[\(list.joined(separator: ","))]}\n")
        return try folder.open(ReadingOptions(limit: limit))
    }

    @Test func `A person's days alternate between app and web`() throws {
        let days = (0..<4).map { (5, 20_000 * Self.day + $0 * Self.day, "carts") }
        let even = try load(2, days).events.map(\.device.channel.description)
        #expect(even == ["app", "web", "app", "web"])
        let odd = try load(3, days).events.map(\.device.channel.description)
        #expect(odd == ["web", "app", "web", "app"])
    }

    @Test func `Orders of one moment are one order and leave the cart`() throws {
        let set = try load(
            1,
            [
                (5, 1000, "carts"), (5, 2000, "carts"), (6, 2000, "carts"), (9, 2500, "clicks"),
                (5, 3000, "orders"), (7, 3000, "orders"), (8, 4000, "orders"),
            ])
        let person = try PlainCount(set.events).person("cust-1")
        #expect(person.cart.pieces == ["6": 1])
        #expect(
            person.orders.mapValues { $0.lines.mapValues(\.quantity) }
                == ["1-3000": ["5": 1, "7": 1], "1-4000": ["8": 1]])
    }

    @Test func `The limit counts events, and a repeated event is one`() throws {
        let events = [(5, 1000, "carts"), (5, 1000, "carts"), (6, 2000, "carts")]
        let all = try load(1, events)
        #expect(all.report.notes == [.duplicateRow: 1])
        #expect(all.events.map(\.deliveries) == [2, 1])
        #expect(try load(1, events, limit: 2).report.rowsRead == 2)
    }
}
