import BatonCore
import BatonLog
import BatonServer
import BatonWire
import Testing

@testable import BatonSync

/// What waits in a stream that is adopted goes on in the stream that adopts it (specification
/// section 10.5).
@Suite struct `A stream that was adopted` {
    private struct Shop: Sendable {
        let engine = MemoryLog()

        func adopt(_ source: String, into target: String) async throws {
            let service = StreamService(
                engine: engine, schemas: BuiltinSchemas.all, wallClock: { 1_760_000_000_000 })
            let tenant = try TenantID("acme")
            _ = try await service.adopt(
                StreamKey(tenant: tenant, stream: StreamID(source)),
                into: StreamKey(tenant: tenant, stream: StreamID(target)),
                channel: ChannelName("web"))
        }

        func run(_ body: @Sendable @escaping (SyncClient, SyncClient) async throws -> Void)
            async throws
        {
            try await RealServer.run(engine: engine) { address, token in
                var clients: [SyncClient] = []
                for channel in ["app", "web"] {
                    clients.append(
                        try await SyncClient.open(
                            store: .memory, server: address, channel: channel,
                            token: .fixed(token)))
                }
                try await body(clients[0], clients[1])
                for client in clients { try await client.close() }
            }
        }
    }

    @Test func `What waits in it is written into the adopting stream, once`() async throws {
        let shop = Shop()
        try await shop.run { phone, web in
            try await web.stream("cust-1").cart().add("A", quantity: 1, title: "Beans")
            try await web.sync()
            try await phone.stream("anon-1").cart().add("A", quantity: 2)
            try await phone.sync()
            try await phone.stream("anon-1").cart().add("A", quantity: 3)
            try await phone.stream("anon-1").cart().add("B", quantity: 4)
            try await shop.adopt("anon-1", into: "cust-1")

            let report = try await phone.sync()
            #expect(
                report.healed == [
                    .streamMoved(
                        from: try StreamID("anon-1"), to: try StreamID("cust-1"), reissued: 2)
                ])
            #expect(try phone.stream("anon-1").pendingCount == 0)
            #expect(try phone.stream("cust-1").pendingCount == 0)
            #expect(try await phone.sync().healed.isEmpty)
            try await web.sync()
            for client in [phone, web] {
                let lines = try client.stream("cust-1").cart().lines
                #expect(lines.map(\.quantity) == [6, 4] && lines.first?.title == "Beans")
            }
            // Written after the move, but still to the old stream.
            try await phone.stream("anon-1").cart().add("C", quantity: 1)
            try await phone.sync()
            #expect(try phone.stream("cust-1").cart().lines.map(\.sku) == ["A", "B", "C"])
        }
    }

    @Test func `A removal takes what the adoption brought, and nothing of the customer's own`()
        async throws
    {
        let shop = Shop()
        try await shop.run { phone, web in
            try await web.stream("cust-1").cart().add("A", quantity: 5)
            try await web.sync()
            try await phone.stream("anon-1").cart().add("A", quantity: 2)
            try await phone.stream("anon-1").cart().add("B", quantity: 1)
            try await phone.sync()
            try await phone.stream("anon-1").cart().remove("A")
            try await phone.stream("anon-1").cart().remove("B")
            try await shop.adopt("anon-1", into: "cust-1")
            try await phone.sync()
            let lines = try phone.stream("cust-1").cart().lines
            #expect(lines.map(\.sku) == ["A"] && lines.map(\.quantity) == [5])
        }
    }

    @Test func `A removal whose writer had not seen all that was adopted takes nothing`()
        async throws
    {
        let shop = Shop()
        try await shop.run { phone, web in
            try await phone.stream("anon-1").cart().add("A", quantity: 2)
            try await phone.sync()
            try await web.sync(StreamID("anon-1"))
            try await web.stream("anon-1").cart().add("A", quantity: 1)
            try await web.sync()
            try await phone.stream("anon-1").cart().remove("A")
            try await shop.adopt("anon-1", into: "cust-1")
            try await phone.sync()
            #expect(try phone.stream("cust-1").cart().lines.map(\.quantity) == [3])
        }
    }

    @Test
    func `A removal takes nothing that the same device wrote with the adopting stream in view`()
        async throws
    {
        let shop = Shop()
        try await shop.run { phone, _ in
            let customer = try StreamID("cust-1")
            try await phone.stream("anon-1").cart().add("A", quantity: 2, title: "Beans")
            try await phone.sync()
            try await shop.adopt("anon-1", into: "cust-1")
            try await phone.sync(customer)
            try await phone.stream("cust-1").cart().add("A", quantity: 1)
            try await phone.sync(customer)
            try await phone.stream("anon-1").cart().remove("A")
            try await phone.sync()
            let lines = try phone.stream("cust-1").cart().lines
            #expect(lines.map(\.quantity) == [1] && lines.first?.title == "Beans")
            #expect(try phone.stream("anon-1").pendingCount == 0)
        }
    }

    @Test func `An order that waits stays apart from the customer's own of the same id`()
        async throws
    {
        let shop = Shop()
        try await shop.run { phone, web in
            try await web.stream("cust-1").cart().add("A", quantity: 1)
            _ = try await web.stream("cust-1").cart().checkout()
            try await web.sync()
            try await phone.stream("anon-1").cart().add("A", quantity: 2)
            try await phone.sync()
            // The second of the anonymous cart, which counts for itself.
            _ = try await phone.stream("anon-1").cart().checkout()
            try await phone.stream("anon-1").cart().add("B", quantity: 3)
            _ = try await phone.stream("anon-1").cart().checkout()
            try await shop.adopt("anon-1", into: "cust-1")
            try await phone.sync()
            #expect(try phone.stream("cust-1").cart().contents.checkouts == 1)
            let apart = StreamAdoption(
                source: try StreamID("anon-1"), target: try StreamID("cust-1")
            ).apart(try EntityID("order/main-1"))
            let orders = try phone.stream("cust-1").orders
            #expect(orders.count == 3 && orders.map(\.id).contains("main-1"))
            #expect(try phone.stream("cust-1").order(apart.id).lines.map(\.quantity) == [2])
        }
    }
}
