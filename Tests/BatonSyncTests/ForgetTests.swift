import BatonCore
import BatonWire
import Foundation
import GRDB
import Testing

@testable import BatonSync

/// A shared device keeps nothing of who used it.
@Suite struct `Forgetting a stream` {
    /// All bytes of the store's files.
    private func bytes(_ directory: String) throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            .map { FileManager.default.contents(atPath: "\(directory)/\($0)") ?? Data() }
            .reduce(Data(), +)
    }

    private func holds(_ directory: String, _ text: String) throws -> Bool {
        try bytes(directory).range(of: Data(text.utf8)) != nil
    }

    @Test func `sends what is pending, and then erases every byte of it`() async throws {
        let directory = try TemporaryDirectory()
        let (store, path) = (directory.store, directory.path)
        let shop = TestShop()
        let kiosk = try await shop.client(store)
        for text in ["Kilimanjaro", "Zanzibar"] {
            let stream = try kiosk.stream("cust-\(text)")
            // Large enough for pages of its own, written over, removed, and written again.
            let note = String(repeating: "\(text) ", count: 80)
            for round in 0..<20 {
                try await stream.cart().add("sku-\(text)-\(round)", title: note)
                if round % 3 == 0 { try await stream.cart().remove("sku-\(text)-\(round)") }
                if round % 7 == 0 { try await kiosk.sync() }
            }
        }
        let gone = try kiosk.stream("cust-Kilimanjaro")
        let view = try gone.cart()
        try await view.setNote("Kilimanjaro, not sent yet")
        #expect(gone.pendingCount == 1)
        #expect(try holds(path, "Kilimanjaro"))
        #expect(try await kiosk.forget(gone.id).isEmpty)
        #expect(shop.server.log("cust-Kilimanjaro").places.count == 28)
        #expect(try !holds(path, "Kilimanjaro"))
        #expect(try holds(path, "Zanzibar"))
        #expect(kiosk.streams.map(\.description) == ["cust-Zanzibar"])
        #expect(view.lines.isEmpty && gone.pendingCount == 0)
        let failure = await #expect(throws: SyncFailure.self) { try await view.add("late") }
        #expect(failure?.code == .streamForgotten)
        // The others go on, also after the app was closed.
        try await kiosk.sync()
        try await kiosk.close()
        #expect(try !holds(path, "Kilimanjaro"))
        let again = try await shop.client(store)
        #expect(try again.stream("cust-Zanzibar").cart().lines.count == 13)
        #expect(again.streams.count == 1)
        try await again.close()
    }

    @Test func `says what would be lost where it cannot be sent, and erases only if told to`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let (store, path) = (directory.store, directory.path)
        let shop = TestShop()
        let kiosk = try await SyncClient.open(
            store: store, server: nil, channel: "store", options: shop.withoutServer)
        let stream = try kiosk.stream("cust-1")
        try await stream.cart().add("Kilimanjaro", quantity: 2)
        let failure = await #expect(throws: SyncFailure.self) { try await kiosk.forget(stream.id) }
        #expect(failure?.code == .wouldLose && failure?.stream == stream.id)
        #expect(stream.unsentWrites.map(\.operations.count) == [1])
        #expect(try stream.cart().lines.map(\.quantity) == [2])

        let lost = try await kiosk.forget(stream.id, losingUnsent: true)
        #expect(lost.map(\.operations.count) == [1] && lost.allSatisfy { $0.refusal == nil })
        #expect(try !holds(path, "Kilimanjaro") && !holds(path, "cust-1"))
        #expect(kiosk.currentStatus.pending == 0)
        #expect(try await kiosk.forget(stream.id).isEmpty)
        try await kiosk.close()
        let closed = await #expect(throws: SyncFailure.self) { try await kiosk.forget(stream.id) }
        #expect(closed?.code == .closed)
    }

    @Test func `is finished when the store is opened next, if the process was killed halfway`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let (store, path) = (directory.store, directory.path)
        let shop = TestShop()
        let id = try StreamID("cust-Kilimanjaro")
        let first = try await shop.client(store)
        try await first.stream(id).cart().add("Kilimanjaro")
        // As far as the first transaction, and then nothing more of this process.
        await withCheckedContinuation { waiter in
            first.local.store.run { database in
                try? database.inTransaction {
                    try StoreErasure.erase(id, in: database)
                    return .commit
                }
                waiter.resume()
            }
        }
        #expect(try holds(path, "Kilimanjaro"))
        try await first.close()
        let again = try await shop.client(store)
        #expect(again.streams.isEmpty)
        #expect(try !holds(path, "Kilimanjaro"))
        try await again.close()
    }

    @Test func `leaves room for the same stream anew, as on a new device`() async throws {
        let shop = TestShop()
        let kiosk = try await shop.client()
        try await kiosk.stream("cust-1").cart().add("tea")
        try await kiosk.forget(StreamID("cust-1"))
        try await kiosk.stream("cust-1").cart().add("mug")
        try await kiosk.sync()
        try await kiosk.sync()
        #expect(try kiosk.cart().lines.map(\.sku) == ["mug", "tea"])
        #expect(shop.server.log("cust-1").places.count == 2)
        try await kiosk.close()
    }

    @Test func `A thousand shoppers in a row leave no trace, and the store does not grow`()
        async throws
    {
        let directory = try TemporaryDirectory(inMemory: true)
        let (store, path) = (directory.store, directory.path)
        let shop = TestShop()
        let kiosk = try await shop.client(store)
        try await kiosk.stream("kiosk-7").cart().add("own")
        try await kiosk.sync()
        var sizes: [Int] = []
        for shopper in 0..<1_000 {
            let name = "shopper-\(1_000_000 + shopper)"
            let stream = try kiosk.stream(name)
            try await stream.edit { edit in
                try edit.cart { $0.add("of-\(name)", quantity: 2, title: "Tea of \(name)") }
                try edit.profile { $0.setName("Name of \(name)") }
            }
            try await kiosk.forget(stream.id)
            if shopper % 333 == 0 {
                #expect(try !holds(path, "shopper-"))
                sizes.append(try bytes(path).count)
            }
        }
        #expect(try !holds(path, "shopper-"))
        #expect(Set(sizes).count == 1, "\(sizes)")
        #expect(kiosk.streams.map(\.description) == ["kiosk-7"])
        #expect(shop.server.log("shopper-1000000").places.count == 1)
        #expect(shop.server.log("shopper-1000999").places.count == 1)
        try await kiosk.close()
    }
}

extension TestShop {
    /// Options of a client that has no server.
    var withoutServer: SyncOptions {
        var options = options
        options.transport = nil
        return options
    }
}
