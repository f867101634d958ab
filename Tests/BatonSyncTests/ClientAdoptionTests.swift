import BatonCore
import BatonServer
import BatonWire
import Testing

@testable import BatonSync

/// An anonymous cart, a login, and the customer's cart, through the real server (specification section
/// 10.5).
@Suite struct `Logging in with a cart in hand` {
    private func clients(
        _ address: String, _ token: String, _ channels: String...
    ) async throws -> [SyncClient] {
        var clients: [SyncClient] = []
        for channel in channels {
            clients.append(
                try await SyncClient.open(
                    store: .memory, server: address, channel: channel, token: .fixed(token)))
        }
        return clients
    }

    @Test
    func `Adoption sent twice and from two devices, one still writing to the old stream: one cart`()
        async throws
    {
        try await RealServer.run { address, token in
            let clients = try await clients(address, token, "app", "web", "store")
            let (phone, tablet, till) = (clients[0], clients[1], clients[2])
            try await till.stream("cust-1").cart().add("tea", quantity: 1, title: "Tea")
            try await till.sync()

            // Anonymous, on two devices, one of them never online so far.
            try await phone.stream("anon-1").cart().add("tea", quantity: 2, title: "Green tea")
            try await phone.stream("anon-1").cart().add("mug", title: "Mug")
            try await phone.sync()
            try await tablet.sync(StreamID("anon-1"))
            try await tablet.stream("anon-1").cart().add("jam", quantity: 3, title: "Jam")

            #expect(try await phone.stream("cust-1").adopt("anon-1"))
            #expect(try await !phone.stream("cust-1").adopt("anon-1"))
            // It knows nothing of the login, and goes on with the old stream.
            try await tablet.stream("anon-1").cart().add("mug", quantity: 1)
            try await tablet.sync()
            #expect(try await !tablet.stream("cust-1").adopt("anon-1"))
            for client in clients + clients { try await client.sync() }
            let hashes = try clients.map {
                StateHash(of: try $0.stream("cust-1").state).description
            }
            #expect(Set(hashes).count == 1)
            let lines = try till.stream("cust-1").cart().lines
            #expect(lines.map(\.sku) == ["jam", "mug", "tea"])
            #expect(lines.map(\.quantity) == [3, 2, 3])
            #expect(lines.map(\.title) == ["Jam", "Mug", "Tea"])
            for client in clients {
                #expect(client.currentStatus.pending == 0 && client.refusals().isEmpty)
                try await client.close()
            }
        }
    }

    @Test func `An adoption undone: both carts as they were, and devices go on in each`()
        async throws
    {
        try await RealServer.run { address, token in
            let clients = try await clients(address, token, "app", "web")
            let (phone, tablet) = (clients[0], clients[1])
            try await phone.stream("cust-1").cart().add("tea", quantity: 1, title: "Tea")
            try await phone.stream("anon-1").cart().add("tea", quantity: 2, title: "Green tea")
            try await phone.stream("anon-1").cart().add("mug", title: "Mug")
            try await phone.sync()
            try await tablet.sync(StreamID("anon-1"))
            try await tablet.sync(StreamID("cust-1"))

            for _ in 0..<2 { try await phone.stream("cust-1").adopt("anon-1") }
            // Pushed to the old stream, it goes on in the customer's, and stays there.
            try await tablet.stream("anon-1").cart().add("jam", quantity: 3, title: "Jam")
            try await tablet.sync()
            for client in clients + clients { try await client.sync() }
            let whole = try phone.stream("cust-1").cart().lines
            #expect(whole.map(\.sku) == ["jam", "mug", "tea"])
            #expect(whole.map(\.quantity) == [3, 1, 3])

            #expect(try await phone.stream("cust-1").undoAdoption(of: "anon-1"))
            #expect(try await !phone.stream("cust-1").undoAdoption(of: "anon-1"))
            for client in clients + clients { try await client.sync() }
            for client in clients {
                let customers = try client.stream("cust-1").cart().lines
                #expect(customers.map(\.sku) == ["jam", "tea"])
                #expect(customers.map(\.quantity) == [3, 1])
                #expect(customers.map(\.title) == ["Jam", "Tea"])
                let anonymous = try client.stream("anon-1").cart().lines
                #expect(anonymous.map(\.sku) == ["mug", "tea"])
                #expect(anonymous.map(\.quantity) == [1, 2])
            }

            // Life goes on in both.
            try await tablet.stream("anon-1").cart().add("mug", quantity: 4)
            try await phone.stream("cust-1").cart().add("tea", quantity: 1)
            for client in clients + clients { try await client.sync() }
            for client in clients {
                #expect(try client.stream("anon-1").cart().lines.map(\.quantity) == [5, 2])
                #expect(try client.stream("cust-1").cart().lines.map(\.quantity) == [3, 2])
                #expect(client.currentStatus.pending == 0 && client.refusals().isEmpty)
                try await client.close()
            }
        }
    }

    @Test func `A login is not blocked: without a network the adoption fails and nothing is lost`()
        async throws
    {
        let shop = TestShop()
        let phone = try await shop.client()
        try await phone.stream("anon-1").cart().add("tea")
        shop.server.script { $0.unreachable = 10 }
        let failure = await #expect(throws: SyncFailure.self) {
            try await phone.stream("cust-1").adopt("anon-1")
        }
        #expect(failure?.code == .offline)
        #expect(try phone.stream("anon-1").pendingCount == 1)
        try await phone.stream("cust-1").cart().add("mug")
        #expect(try phone.stream("cust-1").cart().lines.map(\.sku) == ["mug"])
        try await phone.close()
    }

    @Test func `One who logs out and in as another mixes nobody`() async throws {
        try await RealServer.run { address, token in
            let device = try await clients(address, token, "app")[0]
            for name in ["1", "2"] {
                try await device.stream("anon-\(name)").cart().add("of-\(name)")
                try await device.stream("cust-\(name)").adopt("anon-\(name)")
            }
            for name in ["1", "2"] {
                #expect(
                    try device.stream("cust-\(name)").cart().lines.map(\.sku) == ["of-\(name)"])
            }
            let elsewhere = await #expect(throws: SyncFailure.self) {
                try await device.stream("cust-2").adopt("anon-1")
            }
            #expect(elsewhere?.code == .streamMoved)
            try await device.close()
        }
    }
}
