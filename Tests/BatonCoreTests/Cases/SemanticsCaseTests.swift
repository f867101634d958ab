import BatonCore
import BatonLaws
import Testing

/// The cases that decide whether the merge is right, by their numbers in the specification.
struct SemanticsCaseTests {
    static func newLine(_ sku: String) throws -> [FieldOperation] {
        [
            try change("cart/main", "/lines/\(sku)/title", .set("Lamp")),
            try change("cart/main", "/lines/\(sku)/price", .set(Money(1_999, "EUR").value)),
            try change("cart/main", "/lines/\(sku)/attributes/color", .set("red")),
            try change("cart/main", "/lines/\(sku)/quantity", .add(1)),
        ]
    }

    @Test func `Case 1: a line that is added to while it is removed comes back whole`() throws {
        var world = TestWorld(devices: 3)
        try world.devices[0].write(at: 10, Self.newLine("A"))
        world.syncAll()
        try world.write(0, at: 20, change("cart/main", "/lines/A/quantity", .add(1)))
        try world.write(1, at: 21, change("cart/main", "/lines/A/quantity", .add(2)))
        try world.write(2, at: 30, change("cart/main", "/lines", .remove("A")))
        #expect(
            try world.settled("cart/main") == """
                {"lines":{"A":{"attributes":{"color":"red"},\
                "price":{"amount":1999,"currency":"EUR"},"quantity":3,"title":"Lamp"}}}
                """)
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Case 2: of two quantities set at once the greater stands, and they never add up`()
        throws
    {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 10, Self.newLine("A"))
        world.syncAll()
        try world.write(0, at: 20, change("cart/main", "/lines/A/quantity", .set(3)))
        try world.write(1, at: 15, change("cart/main", "/lines/A/quantity", .set(5)))
        #expect(try world.settled("cart/main").contains(#""quantity":5"#))
        #expect(world.conflicts == ["/lines/A/quantity count max 5/3"])
        try world.write(0, at: 30, change("cart/main", "/lines/A/quantity", .set(4)))
        #expect(try world.settled("cart/main").contains(#""quantity":4"#))
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Case 3: what was removed stays removed when an old device comes back`() throws {
        var world = TestWorld(devices: 3)
        try world.devices[0].write(at: 10, Self.newLine("A"))
        try world.devices[0].write(at: 11, Self.newLine("B"))
        world.syncAll()
        // Device 2 goes away, and works on.
        try world.write(2, at: 20, change("cart/main", "/note", .set("ring twice")))
        try world.write(2, at: 21, change("cart/main", "/lines/B/quantity", .add(1)))
        try world.write(0, at: 30, change("cart/main", "/lines", .remove("A")))
        world.devices[0].sync(with: &world.log)
        world.devices[1].sync(with: &world.log)
        let value = try world.settled("cart/main")
        #expect(!value.contains(#""A""#))
        #expect(value.contains("ring twice") && value.contains(#""quantity":2"#))
    }

    @Test func `Case 4: goods handed over prevail over a cancellation, which is reported`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 10, change("order/o", "/status", .move(from: "", to: "placed")))
        try world.write(0, at: 11, change("order/o", "/status", .move(from: "placed", to: "ready")))
        world.syncAll()
        let handedOver = Action.move(from: "ready", to: "collected")
        try world.write(
            0, at: 30, change("order/o", "/status", .move(from: "ready", to: "cancelled")))
        try world.write(1, at: 20, change("order/o", "/status", handedOver))
        #expect(try world.settled("order/o") == #"{"status":"collected"}"#)
        #expect(world.conflicts == [#"/status workflow "collected"/"cancelled""#])
    }

    @Test func `Case 5: two checkouts of one cart make one order, and what differs is reported`()
        throws
    {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 10, Self.newLine("A"))
        world.syncAll()
        try world.write(1, at: 15, change("cart/main", "/lines/A/quantity", .add(1)))
        try world.devices[1].write(at: 16, Self.newLine("B"))
        for (device, time) in [(0, 20), (1, 19)] as [(Int, Int64)] {
            #expect(try world.checkOut("cart/main", on: device, at: time) == "order/main-1")
        }
        #expect(try world.settled("cart/main") == #"{"checkouts":1}"#)
        let order = try world.settled("order/main-1")
        #expect(order.contains(#""A":{"price":{"amount":1999,"currency":"EUR"},"quantity":2"#))
        #expect(order.contains(#""B":{"price":{"amount":1999,"currency":"EUR"},"quantity":1"#))
        #expect(
            world.conflicts == [#"/lines/A/quantity count max 2/1"#, #"/lines/B map "B"/cleared"#])
        let total = try world.log.folded(world.schemas)
            .total(ofOrder: EntityID("order/main-1"), schemas: world.schemas)
        #expect(total == Money(3 * 1_999, "EUR"))
        // The next one is another order.
        try world.devices[1].write(at: 30, Self.newLine("A"))
        #expect(try world.checkOut("cart/main", on: 1, at: 31) == "order/main-2")
        #expect(try world.settled("cart/main") == #"{"checkouts":2}"#)
    }

    @Test func `Case 6: a consent withdrawn while it is given is withdrawn`() throws {
        var world = TestWorld(devices: 2)
        let path = "/consents/marketing"
        try world.write(0, at: 10, change("profile/me", path, .set("withdrawn")))
        try world.write(1, at: 99, change("profile/me", path, .set("given")))
        #expect(
            try world.settled("profile/me") == #"{"consents":{"marketing":"withdrawn"}}"#)
        #expect(world.conflicts == [#"/consents/marketing register strictest "withdrawn"/"given""#])
        // Only one who has seen the withdrawal can give it again.
        try world.write(1, at: 100, change("profile/me", path, .set("given")))
        #expect(try world.settled("profile/me") == #"{"consents":{"marketing":"given"}}"#)
    }

    @Test func `Case 7: edits of two fields of an address are both there`() throws {
        var world = TestWorld(devices: 2)
        try world.write(
            0, at: 10, change("profile/me", "/addresses/home/city", .set("Ulm")),
            change("profile/me", "/addresses/home/street", .set("Mill Lane")))
        world.syncAll()
        try world.write(0, at: 20, change("profile/me", "/addresses/home/city", .set("Bonn")))
        try world.write(1, at: 21, change("profile/me", "/addresses/home/street", .set("Rose St")))
        let both = #"{"addresses":{"home":{"city":"Bonn","street":"Rose St"}}}"#
        #expect(try world.settled("profile/me") == both)
        #expect(world.conflicts.isEmpty)
    }

    @Test func `Case 7: of edits of one field the later stands and the other is listed`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 30, change("profile/me", "/addresses/home/city", .set("Bonn")))
        try world.write(1, at: 20, change("profile/me", "/addresses/home/city", .set("Kiel")))
        #expect(try world.settled("profile/me") == #"{"addresses":{"home":{"city":"Bonn"}}}"#)
        #expect(world.conflicts == [#"/addresses/home/city register latest "Bonn"/"Kiel""#])
    }

    @Test func `Case 9: a device that gets a snapshot ends as if it had never been away`() throws {
        var world = TestWorld(devices: 2)
        try world.devices[0].write(at: 10, Self.newLine("A"))
        world.syncAll()
        try world.write(1, at: 20, change("cart/main", "/lines/A/quantity", .add(4)))
        try world.write(0, at: 30, change("cart/main", "/lines", .remove("A")))
        world.devices[0].sync(with: &world.log)
        let pending = world.devices[1].own.map(\.event)
        // All of the log so far is now known only by its snapshot.
        var state = world.log.folded(world.schemas).storedAgain
        for event in pending {
            let offset = state.offset.next
            #expect(state.apply(.event(event), at: offset, schemas: world.schemas) == .applied)
        }
        _ = try world.settled("cart/main")
        #expect(state.canonicalJSON == world.log.folded(world.schemas).canonicalJSON)
        #expect(try state.json(of: "cart/main", world.schemas).contains(#""quantity":4"#))
    }

    @Test func `Case 10: a device whose clock is a day ahead does not win from then on`() throws {
        var world = TestWorld(devices: 2)
        let day: Int64 = 86_400_000
        try world.write(0, at: day, change("cart/main", "/note", .set("from tomorrow")))
        world.syncAll()
        // Device 1 has seen it, so that its write stands, whatever the clocks say.
        try world.devices[1].write(
            at: 10, [change("cart/main", "/note", .set("from today"))])
        #expect(try world.settled("cart/main") == #"{"note":"from today"}"#)
        #expect(world.conflicts.isEmpty)
    }
}
