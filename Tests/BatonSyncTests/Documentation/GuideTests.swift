import BatonSync
import BatonSyncTesting
import Foundation
import Synchronization
import Testing

/// The guides' code: the same lines, compiled and run here.
@Suite struct `The guides` {
    @Test func `say what is compiled here`() throws {
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("Sources/BatonSync/BatonSync.docc")
        let compiled = here.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        var count = 0
        for page in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let text = try String(
                contentsOf: folder.appendingPathComponent(page), encoding: .utf8)
            for block in blocks(of: text) {
                let isHere = compiled.indices.contains { compiled[$0...].starts(with: block) }
                #expect(isHere, "\(page): \(block.joined(separator: "\n"))")
                count += 1
            }
        }
        #expect(count >= 32)
    }

    private func blocks(of text: String) -> [[String]] {
        var blocks: [[String]] = []
        var block: [String]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line == "```swift" {
                block = []
            } else if line == "```", let whole = block {
                blocks.append(whole)
                block = nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    @Test func `Getting started: two programs share a cart, one of them offline for a while`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let folder = directory.path
        try await TestServer.run { server in
            let address = server.address
            let token = try await server.token(for: "*")

            let phone = try await SyncClient.open(
                store: .file(folder + "/phone.sqlite"), server: address, channel: "app",
                token: .fixed(token))
            let cart = try phone.stream("cust-8123").cart()
            try await cart.add("tea", quantity: 2, title: "Green tea", price: Money(499, "EUR"))
            print(cart.lines.map(\.quantity))

            try await phone.sync()

            let web = try await SyncClient.open(
                store: .file(folder + "/web.sqlite"), server: address, channel: "web",
                token: .fixed(token))
            let sameCart = try web.stream("cust-8123").cart()
            try await web.sync()
            print(sameCart.lines.map(\.title))
            #expect(sameCart.lines.map(\.title) == ["Green tea"])

            try await cart.add("tea", quantity: 1)
            try await sameCart.add("mug", title: "Mug")
            try await sameCart.add("tea", quantity: 3)

            try await phone.sync()
            try await web.sync()
            try await phone.sync()
            print(cart.lines.map(\.quantity) == sameCart.lines.map(\.quantity))
            #expect(cart.lines.map(\.quantity) == [1, 6])
            #expect(sameCart.lines.map(\.quantity) == [1, 6])

            for await contents in cart.changes {
                print(contents.lines.map(\.sku))
                if contents.lines.count == 2 { break }
            }

            try await phone.close()
            try await web.close()
        }
    }

    @Test func `Identity and hand-off: log in, go on at a kiosk, leave nothing behind`()
        async throws
    {
        try await TestServer.run { server in
            let phone = try await server.device("app")
            let kiosk = try await SyncClient.open(
                store: .memory, server: server.address, channel: "store",
                options: server.options())

            let anonymous = try phone.stream("anon-5f2c")
            try await anonymous.cart().add("tea", quantity: 2, title: "Green tea")

            let customer = try phone.stream("cust-8123")
            try await customer.adopt(anonymous.id)
            print(try customer.cart().lines.map(\.quantity))
            #expect(try customer.cart().lines.map(\.quantity) == [2])

            try await customer.undoAdoption(of: anonymous.id)
            print(try customer.cart().lines.isEmpty, try anonymous.cart().lines.map(\.quantity))
            #expect(try customer.cart().lines.isEmpty)
            #expect(try anonymous.cart().lines.map(\.quantity) == [2])
            #expect(try await customer.adopt(anonymous.id))

            let offer = try await customer.handOff(sharing: ["cart/main", "order/main-*"])
            print("At the kiosk, type \(offer.code)")

            let shared = try await kiosk.claim(offer.code)
            try await shared.cart().add("mug", title: "Mug")
            try await kiosk.sync()

            switch try await offer.outcome() {
            case .claimed(_, let channel): print("goes on at \(channel ?? "another device")")
            case .expired: print("nobody came in time: make a new code")
            }

            try await kiosk.forget(shared.id)

            let lost = try await kiosk.forget(shared.id, losingUnsent: true)
            print("\(lost.count) writes are gone")

            #expect(kiosk.streams.isEmpty)
            try await phone.sync()
            #expect(try customer.cart().lines.map(\.sku) == ["mug", "tea"])
            for client in [phone, kiosk] { try await client.close() }
        }
    }

    @Test func `Working offline: nothing waits, and the app can show where it stands`()
        async throws
    {
        try await TestServer.run { server in
            let network = try server.network()
            network.cut()
            let phone = try await server.device("app", network: network)

            let customer = try phone.stream("cust-8123")
            try await customer.edit { edit in
                try edit.cart { $0.add("tea", quantity: 2, title: "Green tea") }
                try edit.profile { $0.setName("Ada") }
            }
            #expect(phone.currentStatus.pending == 1)

            phone.start()

            func badge(_ status: SyncStatus) -> String {
                switch status.phase {
                case .idle, .syncing: "…"
                case .upToDate: "all saved"
                case .offline: "offline, \(status.pending) to send"
                case .failed: status.lastFailure?.message ?? "something is wrong"
                }
            }
            for await status in phone.status {
                print(badge(status))
                if case .offline = status.phase { break }
            }
            #expect(badge(phone.currentStatus) == "offline, 1 to send")

            print(try customer.entity("cart/main").isPending)
            #expect(try customer.entity("cart/main").isPending)

            network.mend()
            await phone.stop()
            try await phone.sync()
            #expect(badge(phone.currentStatus) == "all saved")
            #expect(try !customer.entity("cart/main").isPending)
            try await phone.close()
        }
    }

    @Test func `Conflicts: both devices tell of both notes, until a person settles them`()
        async throws
    {
        try await TestServer.run { server in
            let phone = try await server.device("app")
            let web = try await server.device("web")

            try await phone.stream("cust-1").cart().setNote("Gift wrap")
            try await web.stream("cust-1").cart().setNote("No bag, please")
            for device in [phone, web, phone] { try await device.sync() }

            for conflict in try phone.stream("cust-1").conflicts {
                print(conflict.entity, conflict.path, "by", conflict.rule)
                print("shown:", conflict.picked.value?.string ?? "nothing")
                print("also written:", conflict.overruled.compactMap { $0.value?.string })
            }
            let conflicts = try phone.stream("cust-1").conflicts
            #expect(conflicts.count == 1)
            #expect(try web.stream("cust-1").conflicts == conflicts)

            try await phone.stream("cust-1").cart().setNote("Gift wrap, no bag")
            for device in [phone, web] { try await device.sync() }
            #expect(try web.stream("cust-1").cart().note == "Gift wrap, no bag")

            for await open in try web.stream("cust-1").conflictChanges {
                print("\(open.count) to look at")
                if open.isEmpty { break }
            }
            for client in [phone, web] { try await client.close() }
        }
    }

    @Test func `Kiosks: many streams, and nothing of them left`() async throws {
        let directory = try TemporaryDirectory()
        let folder = directory.path
        try await TestServer.run { server in
            let network = try server.network()

            var options = server.options()
            options.role = .associate
            options.timeout = .seconds(5)
            let kiosk = try await SyncClient.open(
                store: .file(folder + "/kiosk.sqlite"), server: server.address, channel: "store",
                token: .provider { _ in try await server.token(for: "cust-*", role: .associate) },
                options: options)
            let ada = try kiosk.stream("cust-1")
            try await kiosk.sync(ada.id)
            try await ada.cart().add("mug", title: "Mug")

            try await kiosk.forget(ada.id)
            print(kiosk.streams)
            #expect(kiosk.streams.isEmpty)
            try await kiosk.close()
            let phone = try await server.device("app")
            let cart = try phone.stream("cust-1").cart()
            try await phone.sync()
            #expect(cart.lines.map(\.sku) == ["mug"])
            try await phone.close()

            options.transport = network
            network.cut()
            try await withSyncClient(
                store: .memory, server: server.address, channel: "store",
                token: .fixed(try await server.token(for: "cust-*")), options: options
            ) { kiosk in
                let grace = try kiosk.stream("cust-2")
                try await grace.cart().add("tea")

                do throws(SyncFailure) {
                    try await kiosk.forget(grace.id)
                } catch {
                    guard error.code == .wouldLose else { throw error }
                    for write in grace.unsentWrites {
                        print("not sent:", write.operations.map(\.path))
                    }
                    try await kiosk.forget(grace.id, losingUnsent: true)
                }
                #expect(kiosk.streams.isEmpty)
            }
        }
    }

    @Test func `Handling errors: what fails, what is refused, what is mended`() async throws {
        try await TestServer.run { server in
            let network = try server.network()
            let asked = Mutex(0)
            @Sendable func freshToken() async throws -> String {
                asked.withLock { $0 += 1 }
                return try await server.token(for: "cust-*")
            }

            let token = TokenSource.provider { refused in
                print(refused == nil ? "the first one" : "a new one")
                return try await freshToken()
            }

            let phone = try await SyncClient.open(
                store: .memory, server: server.address, channel: "app", token: token,
                options: server.options(network))
            let customer = try phone.stream("cust-8123")
            network.cut()

            do throws(SyncFailure) {
                try await phone.sync()
            } catch {
                let kind = error.isPassing ? "later" : error.code.rawValue
                print("\(kind): \(error.message)")
            }
            #expect(phone.currentStatus.lastFailure?.isPassing == true)

            do throws(SyncFailure) {
                try await customer.cart().checkout()
            } catch {
                switch error.code {
                case .invalidWrite: print(error.message)
                case .storeFull: print("free some space, then again; what was stored is safe")
                default: throw error
                }
            }
            #expect(phone.currentStatus.pending == 0)

            network.mend()
            try await customer.cart().add("tea")
            let order = try await customer.cart().checkout()
            try await order.move(to: "shipped")
            #expect(try await phone.sync().refused == 1)
            #expect(phone.refusals().count == 1)

            for refused in phone.refusals() {
                print(refused.refusal.code, refused.refusal.reason)
                print("asked for:", refused.operations.map(\.path))
                let order = try phone.stream("cust-8123").order("main-1")
                print("there now:", order.status ?? "nothing")
                try await phone.discard(refused)
            }
            #expect(phone.refusals().isEmpty)
            #expect(order.status == "placed")

            for trouble in phone.healedSoFar { print(trouble) }
            #expect(phone.healedSoFar.isEmpty)
            #expect(asked.withLock { $0 } > 0)
            try await phone.close()
        }
    }

    @Test func `Testing your app: the network is cut, and time moved`() async throws {
        try await TestServer.run { server in
            let network = try server.network()
            let phone = try await server.device("app", network: network)
            let web = try await server.device("web")

            network.cut()
            try await phone.stream("cust-1").cart().add("tea", quantity: 2)
            await #expect(throws: SyncFailure.self) { try await phone.sync() }
            #expect(phone.currentStatus.pending == 1)

            network.mend()
            try await phone.sync()
            try await web.stream("cust-1").cart().add("tea")
            try await web.sync()
            #expect(try web.stream("cust-1").cart().lines.map(\.quantity) == [3])
        }

        try await TestServer.run { server in
            let phone = try await server.device("app")
            let offer = try await phone.stream("cust-1").handOff(
                sharing: ["cart/main"], codeLife: .seconds(60))
            server.clock.advance(by: .seconds(61))
            #expect(try await offer.outcome() == .expired)
        }
    }

    @Test func `Your own schemas: generated types, of several entities in one event`() async throws
    {
        try await TestServer.run(schemas: `Generated types`.schemas()) { server in
            let phone = try await server.device("app")

            let customer = try phone.stream("cust-8123")
            try await phone.sync()
            let list = try WishList("birthday", in: customer)
            try await list.title.set("Birthday")
            try await list.items["mug"].title.set("Mug")
            try await list.items["mug"].price.set(Money(1299, "EUR"))
            try await list.items["mug"].wanted.add(2)
            try await list.sharedWith.insert("Bo")
            print(list.items.keys, list.items["mug"].wanted.value)
            #expect(list.items.keys == ["mug"] && list.items["mug"].wanted.value == 2)

            let visit = try Appointment("a-1", in: customer)
            try await visit.status.move(to: .asked)
            if visit.status.value == .asked { print("we will call you") }

            let before = customer.pendingCount
            try await customer.edit {
                $0.set(visit.at, to: Instant(Date()))
                $0.append("With the mug of the list", to: visit.wishes)
                $0.remove("mug", from: list.items)
            }
            #expect(customer.pendingCount == before + 1)

            for await list in list.changes {
                print(list.items.keys)
                if list.items.keys.isEmpty { break }
            }
            #expect(try await phone.sync().refused == 0)
            #expect(visit.wishes.values == ["With the mug of the list"])
            try await phone.close()
        }
    }

    @Test func `An answer that a test loses is no error: the write counts once`() async throws {
        try await TestServer.run { server in
            let network = try server.network()
            let phone = try await server.device("app", network: network)
            try await phone.stream("cust-1").cart().add("tea", quantity: 2)
            network.loseAnswers(1)
            await #expect(throws: SyncFailure.self) { try await phone.sync() }
            #expect(try await phone.sync().duplicates == 1)
            #expect(try phone.stream("cust-1").cart().lines.map(\.quantity) == [2])
        }
    }
}
