import BatonCore
import BatonWire
import Testing

@testable import BatonSync

/// The SDK against the real server, over a socket.
@Suite struct `Over HTTP` {
    @Test func `Two clients share a cart, live`() async throws {
        try await RealServer.run { address, token in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: .fixed(token))
            let kiosk = try await SyncClient.open(
                store: .memory, server: address, channel: "store", token: .fixed(token))
            let cart = try phone.stream("cust-1").cart()
            let shown = try kiosk.stream("cust-1").cart()
            kiosk.start()
            try await cart.add("A", quantity: 2, title: "Beans", price: Money(1299, "EUR"))
            #expect(try await phone.sync().accepted == 1)
            #expect(try await eventually { shown.lines.map(\.quantity) == [2] })
            try await shown.add("A", quantity: 1)
            #expect(
                try await eventually {
                    try await phone.sync()
                    return cart.lines.map(\.quantity) == [3]
                })
            try await kiosk.sync()
            #expect(
                try StateHash(of: phone.stream("cust-1").confirmedState)
                    == StateHash(of: kiosk.stream("cust-1").confirmedState))
            #expect(try await phone.sync().roundTrips == 1)
            try await kiosk.close()
            try await phone.close()
        }
    }

    @Test func `A bad token, and a server that is not there`() async throws {
        try await RealServer.run { address, _ in
            let phone = try await SyncClient.open(
                store: .memory, server: address, channel: "app", token: "nonsense")
            try await phone.stream("cust-1").cart().add("A")
            let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
            #expect(failure?.code == .unauthenticated)
            try await phone.close()
        }
        let alone = try await SyncClient.open(
            store: .memory, server: "http://127.0.0.1:1", channel: "app")
        try await alone.stream("cust-1").cart().add("A")
        let failure = await #expect(throws: SyncFailure.self) { try await alone.sync() }
        #expect(failure?.code == .offline)
        #expect(alone.currentStatus.pending == 1)
        try await alone.close()
        await #expect(throws: SyncFailure.self) {
            try await SyncClient.open(store: .memory, server: "shop", channel: "app")
        }
    }
}
