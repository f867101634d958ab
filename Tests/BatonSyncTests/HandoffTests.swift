import BatonCore
import BatonServer
import BatonWire
import Testing

@testable import BatonSync

/// A stream that goes on at another device, through the real server (specification section 10.8).
@Suite struct `Hand-off between devices` {
    @Test func `A kiosk that nobody logged in to goes on with the phone's cart, and both see all`()
        async throws
    {
        try await RealServer.run { address, token in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: .fixed(token))
            let kiosk = try await SyncClient.open(
                store: .memory, server: address, channel: "store")
            let mine = try phone.stream("cust-1")
            try await mine.profile().edit { $0.setName("Ada") }
            try await mine.cart().add("tea", quantity: 2, title: "Tea")
            let offer = try await mine.handOff(sharing: ["cart/main", "order/main-*"])
            #expect(mine.pendingCount == 0 && mine.share == nil)

            async let outcome = offer.outcome()
            let theirs = try await kiosk.claim(offer.code.lowercased())
            #expect(theirs.id == mine.id && theirs.share?.entities.count == 2)
            #expect(try theirs.cart().lines.map(\.quantity) == [2])
            #expect(theirs.entities.map(\.description) == ["cart/main"])
            guard case .claimed(_, let channel) = try await outcome else {
                Issue.record("the giver was told \(try await outcome)")
                return
            }
            #expect(channel == "store")

            // Both write while apart, and meet; what is not shared stays where it is.
            try await theirs.cart().add("tea", quantity: 1)
            try await mine.cart().add("mug", title: "Mug")
            try await mine.profile().edit { $0.setName("Ada L.") }
            for client in [kiosk, phone, kiosk] {
                #expect(try await client.sync().healed.isEmpty)
            }
            #expect(try theirs.cart().lines.map(\.quantity) == [1, 3])
            #expect(try mine.cart().lines.map(\.quantity) == [1, 3])
            #expect(!theirs.entities.contains { $0.type == "profile" })
            let order = try await theirs.cart().checkout()
            for client in [kiosk, phone] { try await client.sync() }
            #expect(try mine.order(order.id).lines.map(\.quantity) == [1, 3])

            // What a kiosk's app writes beyond is refused, rolled back, and told.
            try await theirs.profile().edit { $0.setName("Eve") }
            #expect(try await kiosk.sync().refused == 1)
            #expect(kiosk.refusals().first?.refusal.code == .notPermitted)
            #expect(!theirs.entities.contains { $0.type == "profile" })
            #expect(try mine.profile().contents.name == "Ada L.")
            for client in [phone, kiosk] { try await client.close() }
        }
    }

    @Test func `A code that opens nothing is told as that, and opens no stream`() async throws {
        try await RealServer.run { address, token in
            let kiosk = try await SyncClient.open(
                store: .memory, server: address, channel: "store")
            let failure = await #expect(throws: SyncFailure.self) {
                try await kiosk.claim("0000-0000")
            }
            #expect(failure?.code == .handoffNotFound && failure?.isPassing == false)
            #expect(kiosk.streams.isEmpty)
            try await kiosk.close()
        }
    }

    @Test
    func `What was claimed goes on after the app was closed, offline too, beside own streams`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let store = directory.store
        try await RealServer.run { address, token in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: .fixed(token))
            try await phone.stream("cust-1").cart().add("tea")
            let offer = try await phone.stream("cust-1").handOff(sharing: ["*"])
            let first = try await SyncClient.open(
                store: store, server: address, channel: "web", token: .fixed(token))
            _ = try await first.claim(offer.uri)
            try await first.stream("cust-2").cart().add("mug")
            try await first.close()

            let again = try await SyncClient.open(
                store: store, server: address, channel: "web", token: .fixed(token))
            #expect(again.streams.map(\.description) == ["cust-1", "cust-2"])
            #expect(try again.stream("cust-1").share?.entities == ["*"])
            try await again.stream("cust-1").cart().add("jam")
            let report = try await again.sync()
            #expect(report.accepted == 2)
            try await phone.sync()
            #expect(try phone.stream("cust-1").cart().lines.map(\.sku) == ["jam", "tea"])
            for client in [phone, again] { try await client.close() }
        }
    }

    @Test func `Changes of others arrive live at who claimed`() async throws {
        try await RealServer.run { address, token in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: .fixed(token))
            let kiosk = try await SyncClient.open(
                store: .memory, server: address, channel: "store")
            kiosk.start()
            try await phone.stream("cust-1").cart().add("tea")
            let offer = try await phone.stream("cust-1").handOff(sharing: ["cart/main"])
            let theirs = try await kiosk.claim(offer.code)
            try await phone.stream("cust-1").cart().add("mug")
            try await phone.stream("cust-1").profile().edit { $0.setName("Ada") }
            try await phone.sync()
            #expect(try await eventually { try theirs.cart().lines.count == 2 })
            #expect(theirs.entities.count == 1 && kiosk.healedSoFar.isEmpty)
            for client in [phone, kiosk] { try await client.close() }
        }
    }
}
