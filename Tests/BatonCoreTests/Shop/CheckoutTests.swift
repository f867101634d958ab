import BatonCore
import BatonLaws
import Testing

struct CheckoutTests {
    private func line(_ sku: String, _ quantity: Int64) throws -> [FieldOperation] {
        [
            try change("cart/main", "/lines/\(sku)/title", .set("The \(sku)")),
            try change("cart/main", "/lines/\(sku)/marks", .add("gift")),
            try change("cart/main", "/lines/\(sku)/quantity", .add(quantity)),
        ]
    }

    private func checkout(
        _ world: TestWorld, choosing: Set<ExactText>? = nil
    ) throws -> [String]? {
        let view = world.devices[0].view
        return try Checkout(
            of: EntityID("cart/main"), choosing: choosing, schemas: world.schemas, at: 1_000
        ) { view.value(of: $0, schemas: world.schemas) }?.operations
            .map { "\($0.entity)\($0.path) \($0.action.name)" }
    }

    @Test func `The cart is emptied, and what the order has a place for goes over`() throws {
        var world = TestWorld(devices: 1)
        try world.devices[0].write(at: 10, line("b", 2) + line("a", 1))
        try world.write(0, at: 11, change("cart/main", "/note", .set("ring")))
        #expect(
            try checkout(world) == [
                "cart/main/lines clear", "cart/main/checkouts set", "cart/main/note clear",
                "order/main-1/status move", "order/main-1/lines/a/quantity set",
                "order/main-1/lines/a/title set", "order/main-1/lines/b/quantity set",
                "order/main-1/lines/b/title set", "order/main-1/cart set",
                "order/main-1/placedAt set",
            ])
    }

    @Test func `Of chosen lines each is removed, and the rest stays`() throws {
        var world = TestWorld(devices: 1)
        try world.devices[0].write(at: 10, line("b", 2) + line("a", 1))
        try world.write(0, at: 11, change("cart/main", "/note", .set("ring")))
        let chosen = try #require(try checkout(world, choosing: ["b", "x"]))
        #expect(chosen.prefix(2) == ["cart/main/lines remove", "cart/main/checkouts set"])
        #expect(!chosen.contains { $0.contains("/a/") || $0.contains("note") })
        #expect(try checkout(world, choosing: ["x"]) == nil)
    }

    @Test func `Without a piece in it there is nothing to check out`() throws {
        var world = TestWorld(devices: 1)
        #expect(try checkout(world) == nil)
        try world.devices[0].write(at: 10, line("a", 0))
        #expect(try checkout(world) == nil)
    }

    @Test func `A name that an order has already is passed over`() throws {
        var world = TestWorld(devices: 1)
        try world.devices[0].write(at: 10, line("a", 1))
        try world.write(0, at: 11, change("order/main-1", "/cart", .set("by hand")))
        #expect(try world.checkOut("cart/main", on: 0, at: 12) == "order/main-2")
        #expect(try world.settled("cart/main") == #"{"checkouts":2}"#)
    }

    @Test func `A cart whose name leaves no room for the order's cannot be checked out`() throws {
        let cart = try EntityID(type: "cart", id: String(repeating: "c", count: 127))
        let lines = Value.object(["lines": .object(["a": .object(["quantity": .integer(1)])])])
        #expect(throws: InvalidName.self) {
            try Checkout(of: cart, schemas: TestSchemas.shop, at: 1) { $0 == cart ? lines : nil }
        }
    }
}
