import BatonCore
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

/// Clients that write apart hold the same state after they have synced.
@Suite struct `Convergence` {
    private let shop = TestShop()

    @Test func `A write is there at once, and elsewhere after both have synced`() async throws {
        let phone = try await shop.client()
        let kiosk = try await shop.client()
        try await phone.cart().add(
            "sku-1", quantity: 2, title: "Beans", price: Money(1299, "EUR"),
            attributes: ["roast": "dark"])
        #expect(try phone.cart().lines.map(\.quantity) == [2])
        #expect(try phone.stream("cust-1").pendingCount == 1)
        #expect(try await phone.sync().accepted == 1)
        #expect(try await kiosk.sync(StreamID("cust-1")).pulled == 1)
        let line = try #require(try kiosk.cart().lines.first)
        #expect(line.title == "Beans")
        #expect(line.price == Money(1299, "EUR"))
        #expect(line.attributes == ["roast": "dark"])
        #expect(try kiosk.cart().total == Money(2598, "EUR"))
        #expect(try phone.viewHash() == kiosk.viewHash())
        #expect(try phone.stream("cust-1").pendingCount == 0)
    }

    @Test func `Unseen increments survive a removal, and the line is whole`() async throws {
        let (phone, web, kiosk) = (
            try await shop.client(), try await shop.client(), try await shop.client()
        )
        try await phone.cart().add("A", title: "Beans", price: Money(500, "EUR"))
        try await settle([phone, web, kiosk])
        try await phone.cart().add("A", quantity: 1)
        try await web.cart().add("A", quantity: 2)
        try await kiosk.cart().remove("A")
        try await settle([phone, web, kiosk])
        for client in [phone, web, kiosk] {
            let line = try #require(try client.cart().lines.first)
            #expect(line.quantity == 3)
            #expect(line.title == "Beans")
            #expect(line.price == Money(500, "EUR"))
        }
        #expect(try phone.viewHash() == web.viewHash())
        #expect(try phone.viewHash() == kiosk.viewHash())
    }

    @Test func `Two devices that check the same cart out place one order`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        try await phone.cart().add("A", quantity: 3, title: "Beans", price: Money(500, "EUR"))
        try await settle([phone, web])
        let first = try await phone.cart().checkout()
        let second = try await web.cart().checkout()
        #expect(first.id == "main-1")
        #expect(second.id == "main-1")
        try await settle([phone, web])
        for client in [phone, web] {
            let stream = try client.stream("cust-1")
            #expect(stream.orders.map(\.id) == ["main-1"])
            #expect(try stream.order("main-1").lines.map(\.quantity) == [3])
            #expect(try stream.order("main-1").total == Money(1500, "EUR"))
            #expect(try stream.cart().lines.isEmpty)
            // When each was placed differs, and is nobody's business.
            #expect(stream.conflicts.isEmpty)
        }
        #expect(try phone.viewHash() == web.viewHash())
    }

    @Test func `Two devices whose carts differ place one order too, and are told what differed`()
        async throws
    {
        let (phone, web) = (try await shop.client(), try await shop.client())
        try await phone.cart().add("A", quantity: 2, title: "Beans", price: Money(500, "EUR"))
        try await settle([phone, web])
        try await web.cart().add("A", quantity: 1)
        try await web.cart().add("B", quantity: 1, title: "Cup", price: Money(900, "EUR"))
        try await web.cart().addCoupon("TEN")
        try await web.cart().checkout()
        shop.now.withLock { $0 += 5_000 }
        // The later one knows less: it must not make the order cheaper.
        try await phone.cart().checkout()
        try await settle([phone, web])
        for client in [phone, web] {
            let stream = try client.stream("cust-1")
            #expect(stream.orders.map(\.id) == ["main-1"])
            let order = try stream.order("main-1")
            #expect(order.lines.map(\.quantity) == [3, 1])
            #expect(order.total == Money(2400, "EUR"))
            #expect(order.contents.coupons == ["TEN"])
            #expect(try stream.cart().contents == CartContents(.object(["checkouts": .integer(1)])))
            #expect(
                order.view.conflicts.map { "\($0.path) \($0.rule)" } == [
                    "/lines/A/quantity count max", "/lines/B map",
                ])
        }
        #expect(try phone.viewHash() == web.viewHash())
        // Whoever writes there, having seen both, settles it.
        try await phone.stream("cust-1").order("main-1").edit {
            $0.entity.set(.integer(2), at: "lines", "A", "quantity")
            $0.entity.remove("B", from: "lines")
        }
        #expect(try phone.stream("cust-1").conflicts.isEmpty)
        #expect(try phone.stream("cust-1").order("main-1").total == Money(1000, "EUR"))
    }

    @Test func `Some lines of a cart become an order, the others stay`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A", quantity: 2)
        try await phone.cart().add("B")
        let order = try await phone.cart().checkout(lines: ["B", "C"])
        #expect(order.lines.map(\.sku) == ["B"])
        #expect(try phone.cart().lines.map(\.sku) == ["A"])
        let failure = await #expect(throws: SyncFailure.self) {
            try await phone.cart().checkout(lines: ["C"])
        }
        #expect(failure?.code == .invalidWrite)
    }

    @Test func `A sync with nothing new is one round trip and stores nothing`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        try await phone.sync()
        let before = shop.server.callCount
        let report = try await phone.sync()
        #expect(
            report
                == {
                    var report = SyncReport(); report.roundTrips = 1; return report
                }())
        #expect(shop.server.callCount == before + 1)
    }

    @Test func `A long log and a long outbox go over in pages`() async throws {
        shop.server.script { $0.pageSize = 7 }
        let (phone, web) = (try await shop.client(), try await shop.client())
        for number in 1...40 { try await phone.cart().add("sku-\(number)") }
        try await settle([phone, web])
        #expect(try web.cart().lines.count == 40)
        #expect(try phone.viewHash() == web.viewHash())
    }

    @Test func `Pushes shrink until the server takes them`() async throws {
        shop.server.script { $0.bodyLimit = 900 }
        let phone = try await shop.client()
        for number in 1...40 { try await phone.cart().add("sku-\(number)") }
        #expect(try await phone.sync().accepted == 40)
        #expect(shop.server.log("cust-1").places.count == 40)
    }

    @Test func `Many streams share a request`() async throws {
        let kiosk = try await shop.client()
        for number in 1...150 { try await kiosk.stream("cust-\(number)").cart().add("A") }
        let report = try await kiosk.sync()
        #expect(report.accepted == 150)
        #expect(report.roundTrips == 2)
    }

    @Test func `An edit over several entities is one event`() async throws {
        let phone = try await shop.client()
        try await phone.stream("cust-1").edit { edit in
            try edit.cart { $0.add("A", title: "Beans") }
            try edit.profile { $0.setName("Ada") }
        }
        try await phone.sync()
        #expect(shop.server.log("cust-1").places.count == 1)
        #expect(try phone.stream("cust-1").profile().name == "Ada")
    }

    @Test func `Adding what is there writes no title or price again`() async throws {
        let phone = try await shop.client()
        let cart = try phone.cart()
        try await cart.add("A", title: "Beans", price: Money(500, "EUR"))
        try await cart.add("A", quantity: 2, title: "Beans", price: Money(500, "EUR"))
        let written = phone.local.stream(try StreamID("cust-1")).outbox[1].event.askedOperations
        #expect(written.map(\.path.pointer) == ["/lines/A/quantity"])
    }

    private func settle(_ clients: [SyncClient]) async throws {
        for _ in 0..<2 {
            for client in clients { try await client.sync(StreamID("cust-1")) }
        }
    }
}
