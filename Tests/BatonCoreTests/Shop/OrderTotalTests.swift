import BatonCore
import BatonLaws
import Testing

struct OrderTotalTests {
    private func place(
        _ lines: [(String, Int64, Int64?)], total: Int64? = nil
    ) throws -> [FieldOperation] {
        var operations = [
            try change("order/o", "/status", .move(from: "", to: "placed")),
            try change("order/o", "/placedAt", .set("2026-01-31T12:00:00.000Z")),
        ]
        for (sku, quantity, price) in lines {
            operations.append(try change("order/o", "/lines/\(sku)/quantity", .set(quantity)))
            if let price {
                operations.append(
                    try change("order/o", "/lines/\(sku)/price", .set(Money(price, "EUR").value)))
            }
        }
        if let total {
            operations.append(try change("order/o", "/total", .set(Money(total, "EUR").value)))
        }
        return operations
    }

    private func total(_ world: inout TestWorld) throws -> Int64? {
        world.syncAll()
        return try world.log.folded(world.schemas)
            .total(ofOrder: EntityID("order/o"), schemas: world.schemas)?.amount
    }

    @Test func `Where nobody said so, it is the sum of the lines`() throws {
        var world = TestWorld(devices: 1)
        #expect(try total(&world) == nil)
        try world.devices[0].write(at: 10, place([("a", 2, 450), ("b", 1, 900)]))
        #expect(try total(&world) == 1_800)
        try world.write(0, at: 11, change("order/o", "/lines/c/quantity", .set(1)))
        #expect(try total(&world) == nil)
    }

    @Test func `What was said stands, also below the lines`() throws {
        var world = TestWorld(devices: 1)
        try world.devices[0].write(at: 10, place([("a", 2, 450)], total: 700))
        #expect(try total(&world) == 700)
    }

    @Test(arguments: [(900, 1_100, 2_000), (900, 2_500, 2_500)] as [(Int64, Int64, Int64)])
    func `Of what two said apart nothing makes the merged order cheaper than its lines`(
        first: Int64, second: Int64, cost: Int64
    ) throws {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 20, place([("a", 2, 450)], total: first))
        try world.devices[1].write(at: 10, place([("b", 1, 1_100)], total: second))
        #expect(try total(&world) == cost)
        // Who has seen all of it has the last word.
        try world.write(
            0, at: 30, change("order/o", "/lines/a/quantity", .set(2)),
            change("order/o", "/lines/b/quantity", .set(1)),
            change("order/o", "/total", .set(Money(1_500, "EUR").value)))
        #expect(try total(&world) == 1_500)
    }

    @Test func `The sum ends where money does`() {
        let most = Money(Int64(largestExactInteger), "EUR")
        #expect(Money.total(of: [(most, 1)]) == most)
        #expect(Money.total(of: [(most, 1), (Money(1, "EUR"), 1)]) == nil)
        #expect(Money.total(of: [(most, .max)]) == nil)
        #expect(Money.total(of: [(Money(1, "EUR"), 1), (Money(1, "CHF"), 1)]) == nil)
        #expect(Money.total(of: []) == nil)
    }
}
