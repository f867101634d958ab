import BatonCore
import BatonWire
import GRDB
import Testing

@testable import BatonSync

/// What is written is on disk, and a store that is opened again holds it.
@Suite struct `The store` {
    private let shop = TestShop()

    @Test func `Every step survives being let go without a goodbye`() async throws {
        let directory = try TemporaryDirectory()
        var expected = ""
        for step in 0..<8 {
            // Not closed: as if the process had been killed.
            let phone = try await shop.client(directory.store)
            if step > 0 { #expect(try phone.viewHash() == expected) }
            let cart = try phone.cart()
            switch step {
            case 0: try await cart.add("A", title: "Beans", price: Money(500, "EUR"))
            case 1: try await cart.add("B", quantity: 2)
            case 2: try await phone.sync()
            case 3: try await cart.remove("B")
            case 4:
                shop.server.script { $0.lostAnswers = 1 }
                _ = try? await phone.sync()
            case 5: try await cart.setQuantity("A", to: 7)
            case 6: try await phone.sync()
            default: try await cart.checkout()
            }
            expected = try phone.viewHash()
        }
        let phone = try await shop.client(directory.store)
        #expect(try phone.viewHash() == expected)
        try await phone.sync()
        #expect(shop.server.log("cust-1").places.count == 5)
        #expect(
            StateHash(of: shop.server.log("cust-1").state).description == (try phone.viewHash()))
    }

    @Test func `A second client of the same store is turned away, until the first is closed`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let first = try await shop.client(directory.store)
        let store = directory.store
        let failure = await #expect(throws: SyncFailure.self) { try await shop.client(store) }
        #expect(failure?.code == .storeInUse)
        try await first.close()
        try await first.close()
        try await shop.client(store).close()
    }

    @Test func `A store of the first format is brought up to date with all that it holds`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/old.sqlite"
        let first = try await shop.client(.file(path))
        try await first.cart().add("A", title: "Beans", price: Money(500, "EUR"))
        let (hash, replica) = (try first.viewHash(), first.replica)
        try await first.close()
        let queue = try DatabaseQueue(path: path)
        try await queue.write {
            try $0.execute(
                sql: """
                    DROP TABLE shared; DROP TABLE erasure; DROP TABLE schema;
                    ALTER TABLE outbox DROP COLUMN saw; PRAGMA user_version = 1
                    """)
        }
        try queue.close()
        let again = try await shop.client(.file(path))
        #expect(try again.viewHash() == hash)
        #expect(again.replica == replica)
        #expect(again.schemas == BuiltinSchemas.all)
        try await again.close()
        let version = try await DatabaseQueue(path: path).read {
            try Int.fetchOne($0, sql: "PRAGMA user_version")
        }
        #expect(version == StoreFormat.version)
    }

    @Test func `A newer store and another program's file are refused and left alone`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let newer = directory.path + "/newer.sqlite"
        try await shop.client(.file(newer)).close()
        let queue = try DatabaseQueue(path: newer)
        try await queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let failure = await #expect(throws: SyncFailure.self) {
            try await shop.client(.file(newer))
        }
        #expect(failure?.code == .storeNewer)

        let other = directory.path + "/other.sqlite"
        let foreign = try DatabaseQueue(path: other)
        try await foreign.write { try $0.execute(sql: "CREATE TABLE song (name TEXT)") }
        try foreign.close()
        let refused = await #expect(throws: SyncFailure.self) {
            try await shop.client(.file(other))
        }
        #expect(refused?.code == .storeFailed)
    }

    @Test(arguments: [0, -1, Int(Int32.min)])
    func `A format that there never was is damage`(format: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/store.sqlite"
        try await shop.client(.file(path)).close()
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "PRAGMA user_version = \(format)") }
        try queue.close()
        let failure = await #expect(throws: SyncFailure.self) {
            try await shop.client(.file(path))
        }
        #expect(failure?.code == .storeFailed)
        #expect(failure?.message.contains("format \(format)") == true)
    }

    @Test func `A write that no server would take is refused at once and leaves nothing`()
        async throws
    {
        let phone = try await shop.client()
        let stream = try phone.stream("cust-1")
        let cases: [@Sendable (inout StreamEdit) throws -> Void] = [
            { _ in },
            { edit in
                try edit.entity(EntityID("cart/main")) { $0.set(.integer(1), at: "colour") }
            },
            { edit in try edit.entity(EntityID("cart/main")) { $0.set(.integer(1), at: "note") } },
            { edit in try edit.order("1") { $0.move(to: "shipped") } },
            { edit in
                try edit.cart { cart in
                    for number in 0..<2_000 { cart.add("sku-\(number)") }
                }
            },
            { edit in _ = try edit.checkout() },
        ]
        for body in cases {
            let failure = await #expect(throws: SyncFailure.self) { try await stream.edit(body) }
            #expect(failure?.code == .invalidWrite)
        }
        #expect(stream.pendingCount == 0)
        #expect(stream.entities.isEmpty)
        #expect(throws: SyncFailure.self) { try phone.stream("no spaces") }
    }

    @Test func `Writes that come at once are all there, each under its own counter`() async throws {
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 { group.addTask { try await phone.cart().add("A") } }
            try await group.waitForAll()
        }
        #expect(try phone.cart().lines.first?.quantity == 200)
        try await phone.close()
        let again = try await shop.client(directory.store)
        #expect(try again.cart().lines.first?.quantity == 200)
        #expect(try await again.sync().accepted == 200)
    }
}
