import BatonCore
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

/// What a started client does by itself.
@Suite struct `The background loop` {
    private let shop = TestShop()
    private let clock = ManualClock()

    @Test func `A started client syncs at once, after writes, and when time has passed`()
        async throws
    {
        let phone = try await shop.client { options in
            options.clock = clock
            options.isLive = false
        }
        _ = try phone.cart()
        phone.start()
        #expect(try await eventually { shop.server.callCount >= 1 && clock.pauses.count == 1 })
        try await phone.cart().add("A")
        #expect(try await eventually { shop.server.log("cust-1").places.count == 1 })
        #expect(try await eventually { clock.pauses == [.seconds(30)] })
        let before = shop.server.callCount
        clock.advance(by: .seconds(31))
        #expect(try await eventually { shop.server.callCount == before + 1 })
        try await phone.close()
    }

    @Test func `What it mends is told, also to who asks later`() async throws {
        let phone = try await shop.client { options in
            options.clock = clock
            options.isLive = false
        }
        try await phone.cart().add("A")
        shop.server.script { $0.wrongHashes = 1 }
        var troubles = phone.healedTroubles.makeAsyncIterator()
        phone.start()
        let stream = try StreamID("cust-1")
        let expected = HealedTrouble.stateReplaced(
            stream: stream,
            ours: StateHash(of: phone.local.stream(stream).view).description,
            theirs: String(repeating: "0", count: 64))
        #expect(await troubles.next() == expected)
        #expect(phone.healedSoFar == [expected])
        #expect(try await eventually { phone.currentStatus.healed == 1 })
        var late = phone.healedTroubles.makeAsyncIterator()
        #expect(await late.next() == expected)
        try await phone.close()
        #expect(await troubles.next() == nil)
        #expect(await late.next() == nil)
    }

    @Test func `Failures make it wait longer, and writes do not hurry it`() async throws {
        shop.server.script { $0.unreachable = .max }
        let phone = try await shop.client { options in
            options.clock = clock
            options.isLive = false
            options.random = { .max }
        }
        try await phone.cart().add("A")
        phone.start()
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(
                try await eventually {
                    let pauses = clock.pauses
                    return pauses.count == 1
                        && (pauses[0] - .seconds(seconds)).magnitudeIsSmall
                })
            let before = shop.server.callCount
            try await phone.cart().add("A")
            #expect(shop.server.callCount == before)
            clock.advance(by: .seconds(seconds))
        }
        guard case .offline(let since) = phone.currentStatus.phase else {
            Issue.record("\(phone.currentStatus)")
            return
        }
        #expect(since == shop.now.withLock { $0 })
        shop.server.script { $0.unreachable = 0 }
        clock.advance(by: .seconds(61))
        #expect(try await eventually { shop.server.log("cust-1").places.count == 9 })
        try await phone.close()
    }

    @Test func `Others' changes arrive by the live connection, also after it was cut`()
        async throws
    {
        let phone = try await shop.client { $0.clock = clock }
        let web = try await shop.client()
        _ = try phone.cart()
        phone.start()
        #expect(try await eventually { shop.server.log("cust-1").live.count == 1 })
        try await web.cart().add("A")
        try await web.sync()
        #expect(try await eventually { try phone.cart().lines.count == 1 })
        shop.server.cutLive("cust-1")
        #expect(try await eventually { clock.pauses.count == 2 })
        try await web.cart().add("B")
        try await web.sync()
        #expect(try phone.cart().lines.count == 1)
        clock.advance(by: .seconds(1))
        #expect(try await eventually { try phone.cart().lines.count == 2 })
        let resumed = shop.server.state.withLock { $0.calls.map(\.path) }
        #expect(resumed.contains { $0.contains("/live?") && $0.contains("after=a.") })
        #expect(try phone.viewHash() == web.viewHash())
        try await phone.close()
    }

    @Test func `Syncs that come while one is under way share the next one`()
        async throws
    {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
        shop.server.script { script in
            script.hold = {
                await withCheckedContinuation { waiter in gate.withLock { $0 = waiter } }
            }
        }
        let first = Task { try await phone.sync() }
        #expect(try await eventually { gate.withLock { $0 != nil } })
        shop.server.script { $0.hold = nil }
        try await phone.cart().add("B")
        let others = (0..<5).map { _ in Task { try await phone.sync() } }
        try await Task.sleep(for: .milliseconds(20))
        gate.withLock { $0 }?.resume()
        // The first found the second write waiting when its answer came.
        #expect(try await first.value.accepted == 2)
        for other in others { #expect(try await other.value.roundTrips == 1) }
        #expect(shop.server.callCount <= 3)
        #expect(shop.server.log("cust-1").places.count == 2)
    }

    @Test func `A client that is let go ends its loop`() async throws {
        var phone: SyncClient? = try await shop.client { options in
            options.clock = clock
            options.isLive = false
        }
        phone?.start()
        #expect(try await eventually { clock.pauses.count == 1 })
        weak let gone = phone
        phone = nil
        clock.advance(by: .seconds(31))
        #expect(try await eventually { gone == nil && clock.pauses.isEmpty })
    }

    @Test func `Closing does not wait for a server that is silent`() async throws {
        let phone = try await shop.client { $0.isLive = false }
        try await phone.cart().add("A")
        shop.server.script { script in
            script.hold = { try? await Task.sleep(for: .seconds(600)) }
        }
        phone.start()
        #expect(try await eventually { phone.currentStatus.phase == .syncing })
        try await phone.close()
    }

    @Test func `A subscription ends with its reader`() async throws {
        let phone = try await shop.client()
        do {
            let contents = try phone.cart().changes
            _ = contents.makeAsyncIterator()
            #expect(phone.local.hub.subscriberCount == 1)
        }
        #expect(phone.local.hub.subscriberCount == 0)
    }

    @Test func `Status and changes are told, and end with the client`() async throws {
        let phone = try await shop.client()
        var status = phone.status.makeAsyncIterator()
        var changes = phone.changes.makeAsyncIterator()
        var contents = try phone.cart().changes.makeAsyncIterator()
        #expect(await status.next()?.phase == .idle)
        #expect(await contents.next()?.lines.isEmpty == true)
        try await phone.cart().add("A")
        try await phone.cart().add("A")
        #expect(await changes.next()?.entity.description == "cart/main")
        #expect(await contents.next()?.lines.first?.quantity == 2)
        #expect(await status.next()?.pending == 2)
        try await phone.sync()
        #expect(await status.next()?.phase == .upToDate(at: shop.now.withLock { $0 }))
        try await phone.close()
        while await changes.next() != nil {}
        while await status.next() != nil {}
        let failure = await #expect(throws: SyncFailure.self) { try await phone.cart().add("B") }
        #expect(failure?.code == .closed)
    }
}

extension Duration {
    /// Random fractions come close to 1 and do not reach it.
    fileprivate var magnitudeIsSmall: Bool { self < .milliseconds(1) && self > .milliseconds(-1) }
}
