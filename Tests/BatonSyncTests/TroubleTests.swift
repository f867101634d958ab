import BatonCore
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

/// What goes wrong between client and server is mended, and nothing is lost or doubled.
@Suite struct `Trouble` {
    private let shop = TestShop()

    @Test func `A lost answer doubles nothing`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A", quantity: 2)
        shop.server.script { $0.lostAnswers = 1 }
        await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(try phone.stream("cust-1").pendingCount == 1)
        try await phone.cart().add("A", quantity: 1)
        let report = try await phone.sync()
        #expect(report.duplicates == 1)
        #expect(report.accepted == 1)
        #expect(shop.server.log("cust-1").places.count == 2)
        #expect(try phone.cart().lines.first?.quantity == 3)
    }

    @Test func `A lost answer to more than one push holds is settled in pages`() async throws {
        let phone = try await shop.client()
        for number in 1...30 { try await phone.cart().add("sku-\(number)") }
        shop.server.script { $0.lostAnswers = 1 }
        await #expect(throws: SyncFailure.self) { try await phone.sync() }
        shop.server.script { $0.bodyLimit = 900 }
        let report = try await phone.sync()
        #expect(report.duplicates == 30)
        #expect(shop.server.log("cust-1").places.count == 30)
        #expect(try phone.stream("cust-1").pendingCount == 0)
    }

    @Test func `A refused event is rolled back and kept, the others go on`() async throws {
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        try await phone.cart().add("good")
        try await phone.cart().add("bad")
        try await phone.cart().add("better")
        shop.server.script { script in
            script.refuse = { event in
                event.operations.contains { $0.path.components.contains("bad") }
                    ? Refusal(.notPermitted, "not for you") : nil
            }
        }
        let report = try await phone.sync()
        #expect(report.accepted == 2)
        #expect(report.refused == 1)
        #expect(try phone.cart().lines.map(\.sku) == ["better", "good"])
        try await phone.close()

        let again = try await shop.client(directory.store)
        let refused = try #require(again.refusals().first)
        #expect(again.refusals().count == 1)
        #expect(refused.refusal == Refusal(.notPermitted, "not for you"))
        #expect(refused.operations.map(\.path.pointer) == ["/lines/bad/quantity"])
        shop.server.script { $0.refuse = { _ in nil } }
        try await again.resubmit(refused)
        #expect(again.refusals().isEmpty)
        #expect(try await again.sync().accepted == 1)
        #expect(try again.cart().lines.map(\.sku) == ["bad", "better", "good"])
    }

    @Test func `A refusal whose answer was lost is heard from the log`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("bad")
        shop.server.script {
            $0.refuse = { _ in Refusal(.schemaViolation, "no") }
            $0.lostAnswers = 1
        }
        await #expect(throws: SyncFailure.self) { try await phone.sync() }
        shop.server.script { $0.refuse = { _ in nil } }
        try await phone.sync()
        #expect(phone.refusals().count == 1)
        #expect(try phone.cart().lines.isEmpty)
        try await phone.discard(phone.refusals()[0])
        #expect(phone.refusals().isEmpty)
    }

    @Test func `A clock that is ahead is corrected, pending events stamped anew`() async throws {
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        shop.now.withLock { $0 += 86_400_000 }
        try await phone.cart().add("A", title: "Beans")
        try await phone.cart().add("A", quantity: 2)
        let report = try await phone.sync()
        #expect(report.accepted == 2)
        #expect(report.healed == [.clockCorrected(by: -86_400_000)])
        try await phone.close()
        let again = try await shop.client(directory.store)
        try await again.cart().add("A", quantity: 4)
        #expect(try await again.sync().healed.isEmpty)
        let times = shop.server.log("cust-1").state.entities.values.count
        #expect(times == 1)
        #expect(try again.cart().lines.first?.quantity == 7)
        #expect(try again.cart().lines.first?.title == "Beans")
    }

    @Test func `A correction ends when somebody sets the device's clock`() async throws {
        let phone = try await shop.client()
        shop.now.withLock { $0 += 86_400_000 }
        try await phone.cart().add("A")
        try await phone.sync()
        shop.now.withLock { $0 -= 86_400_000 }
        #expect(try await phone.sync().healed == [.clockCorrected(by: 0)])
        #expect(phone.wall == shop.now.withLock { $0 })
        #expect(try await phone.sync().healed.isEmpty)
    }

    @Test func `A copied installation takes a new id and loses nothing`() async throws {
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        try await phone.cart().add("A", title: "Beans")
        try await phone.sync()
        try await phone.close()
        let original = try TemporaryDirectory()
        try Copies.copyStore(from: directory.path, to: original.path)
        let one = try await shop.client(directory.store)
        let two = try await shop.client(original.store)
        #expect(one.replica == two.replica)
        try await one.cart().add("A", quantity: 10)
        try await two.cart().add("A", quantity: 100)
        try await two.cart().setNote("mine", on: "A")
        try await one.sync()
        let report = try await two.sync()
        #expect(report.healed.count == 1)
        #expect(one.replica != two.replica)
        try await one.sync()
        for client in [one, two] {
            #expect(try client.cart().lines.first?.quantity == 111)
            #expect(try client.cart().lines.first?.note == "mine")
            #expect(try client.stream("cust-1").pendingCount == 0)
        }
        #expect(try one.viewHash() == two.viewHash())
    }

    @Test func `A copy that only reads finds out as well`() async throws {
        let directory = try TemporaryDirectory()
        let phone = try await shop.client(directory.store)
        try await phone.cart().add("A")
        try await phone.sync()
        try await phone.close()
        let copy = try TemporaryDirectory()
        try Copies.copyStore(from: directory.path, to: copy.path)
        let one = try await shop.client(directory.store)
        let two = try await shop.client(copy.store)
        try await one.cart().add("A", quantity: 5)
        try await one.sync()
        #expect(try await two.sync().healed.count == 1)
        #expect(try two.cart().lines.first?.quantity == 6)
        try await two.cart().add("A")
        try await two.sync()
        try await one.sync()
        #expect(try one.viewHash() == two.viewHash())
    }

    @Test func `Below the horizon a snapshot is taken, and the outbox kept`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        try await phone.cart().add("A")
        try await phone.sync()
        try await web.sync(StreamID("cust-1"))
        try await web.cart().add("B")
        try await phone.cart().remove("A")
        for number in 1...5 { try await phone.cart().add("sku-\(number)") }
        try await phone.sync()
        shop.server.compact("cust-1")
        let report = try await web.sync()
        #expect(report.snapshots == 1)
        #expect(report.accepted == 1)
        try await phone.sync()
        #expect(try web.cart().lines.map(\.sku).contains("A") == false)
        #expect(try web.cart().contents["B"] != nil)
        #expect(try phone.viewHash() == web.viewHash())
    }

    @Test func `A pulled snapshot without the hash that it names is not taken`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        try await phone.cart().add("A")
        try await phone.sync()
        try await web.sync(StreamID("cust-1"))
        try await phone.cart().add("B")
        try await phone.sync()
        shop.server.compact("cust-1")
        shop.server.script { $0.damagedSnapshots = 1 }
        try await web.cart().add("C")
        let before = try web.stream("cust-1").confirmedState
        let failure = await #expect(throws: SyncFailure.self) { try await web.sync() }
        #expect(failure?.code == .stateMismatch)
        #expect(try web.stream("cust-1").confirmedState == before)
        #expect(try web.cart().lines.map(\.sku) == ["A", "C"])
        try await web.sync()
        #expect(try web.cart().lines.map(\.sku) == ["A", "B", "C"])
        try await phone.sync()
        #expect(try phone.viewHash() == web.viewHash())
    }

    @Test func `A snapshot that holds own events of lost answers doubles none`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A", quantity: 4)
        shop.server.script { $0.lostAnswers = 1 }
        await #expect(throws: SyncFailure.self) { try await phone.sync() }
        shop.server.compact("cust-1")
        try await phone.sync()
        #expect(try phone.cart().lines.first?.quantity == 4)
        #expect(try phone.stream("cust-1").pendingCount == 0)
    }

    @Test func `A state that differs is replaced from a snapshot, and reported`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        shop.server.script { $0.wrongHashes = 1 }
        let report = try await phone.sync()
        guard case .stateReplaced(_, let ours, let theirs)? = report.healed.first else {
            Issue.record("healed: \(report.healed)")
            return
        }
        #expect(ours == StateHash(of: shop.server.log("cust-1").state).description)
        #expect(theirs == String(repeating: "0", count: 64))
        #expect(try phone.cart().lines.count == 1)
    }

    @Test func `What was mended in one stream is told although another one fails`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        for name in ["cust-1", "cust-2"] {
            try await phone.stream(name).cart().add("A")
            _ = try web.stream(name)
        }
        try await phone.sync()
        try await web.sync()
        try await phone.stream("cust-2").cart().add("B")
        try await phone.sync()
        shop.server.compact("cust-2")
        shop.server.script {
            $0.wrongHashes = 1
            $0.damagedSnapshots = 1
        }
        let failure = await #expect(throws: SyncFailure.self) { try await web.sync() }
        #expect(failure?.stream == (try StreamID("cust-2")))
        guard case .stateReplaced(let stream, _, _)? = web.healedSoFar.first else {
            Issue.record("healed: \(web.healedSoFar)")
            return
        }
        #expect(stream == (try StreamID("cust-1")) && web.healedSoFar.count == 1)
        #expect(web.currentStatus.healed == 1)
    }

    @Test func `A hash that stays wrong is an error and not a loop`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        shop.server.script { $0.wrongHashes = 100 }
        let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(failure?.code == .stateMismatch)
        #expect(try phone.cart().lines.count == 1)
    }

    @Test func `A log restored from an older copy gets what it lacks again`() async throws {
        let (phone, web) = (try await shop.client(), try await shop.client())
        try await phone.cart().add("A")
        try await phone.sync()
        try await web.sync(StreamID("cust-1"))
        shop.server.truncate("cust-1", to: 0, epoch: "b")
        try await phone.cart().add("A", quantity: 5)
        try await web.cart().add("B")
        #expect(try await phone.sync().healed.count == 1)
        #expect(try await web.sync().healed.count == 1)
        try await phone.sync()
        #expect(try phone.cart().lines.map(\.sku) == ["A", "B"])
        #expect(try phone.cart().lines.first?.quantity == 6)
        #expect(try phone.viewHash() == web.viewHash())
    }

    @Test func `A rejected token is asked for once more`() async throws {
        let phone = try await shop.client(
            token: .provider { rejected in rejected == nil ? "old" : "new" })
        try await phone.cart().add("A")
        shop.server.script { $0.replies = [ScriptedServer.problem(401, "unauthenticated")] }
        #expect(try await phone.sync().accepted == 1)
        let sent = shop.server.state.withLock { $0.calls.map { $0.headers["authorization"] } }
        #expect(sent == ["Bearer old", "Bearer new"])
        shop.server.script {
            $0.replies = [
                ScriptedServer.problem(401, "unauthenticated"),
                ScriptedServer.problem(401, "unauthenticated"),
            ]
        }
        let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(failure?.code == .unauthenticated)
    }

    @Test func `A busy server says when to come again`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        shop.server.script {
            $0.replies = [
                ScriptedServer.problem(503, "overloaded", headers: ["retry-after": "7"])
            ]
        }
        let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(failure?.code == .overloaded)
        #expect(failure?.problem == "overloaded")
        #expect(failure?.retryAfter == .seconds(7))
        #expect(failure?.isPassing == true)
    }

    @Test func `A server that limits this client may say a date to come again`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        shop.server.script {
            $0.replies = [
                ScriptedServer.problem(
                    429, "limit-exceeded",
                    headers: [
                        "retry-after": "Sun, 06 Nov 1994 08:49:47 GMT",
                        "date": "Sun, 06 Nov 1994 08:49:37 GMT",
                    ])
            ]
        }
        let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(failure?.code == .overloaded && failure?.problem == "limit-exceeded")
        #expect(failure?.retryAfter == .seconds(10))
    }

    @Test func `A captive portal's page is not taken for an answer`() async throws {
        let phone = try await shop.client()
        try await phone.cart().add("A")
        shop.server.script {
            $0.replies = [
                SyncReply(
                    status: 200, headers: ["content-type": "text/html"], body: Array("<p>".utf8))
            ]
        }
        let failure = await #expect(throws: SyncFailure.self) { try await phone.sync() }
        #expect(failure?.code == .unexpectedAnswer)
        #expect(try await phone.sync().accepted == 1)
    }
}
