import BatonCore
import BatonWire
import Synchronization
import Testing

@testable import BatonSync

/// Many clients, a server, and a seed that decides what each does and what goes wrong.
///
/// Every client notes facts that nobody else notes: at the end each must stand in the log exactly
/// once, and every client must hold the server's state.
@Suite struct `A fleet under faults` {
    @Test(arguments: 1...12)
    func `Nothing is lost, nothing doubled, all agree`(seed: UInt64) async throws {
        let fleet = try await Fleet(seed: seed)
        for _ in 0..<160 { try await fleet.step() }
        try await fleet.settle()
        let journey = try fleet.facts()
        let expected = fleet.noted.sorted()
        #expect(journey.sorted() == expected, "seed \(seed)")
        let server = fleet.shop.server.log("cust-1").state
        for client in fleet.clients {
            let stream = try client.stream("cust-1")
            #expect(stream.confirmedState.canonicalJSON == server.canonicalJSON, "seed \(seed)")
            #expect(stream.pendingCount == 0)
            #expect(client.local.stream(stream.id).outbox.isEmpty)
        }
    }
}

/// The clients of one seed.
private final class Fleet {
    let shop = TestShop()
    private(set) var clients: [SyncClient] = []
    /// Facts that were written and not refused.
    private(set) var noted: Set<String> = []
    private var paths: [String] = []
    private var chance: SplitMix
    private let directory: TemporaryDirectory
    private var factCount = 0

    init(seed: UInt64) async throws {
        chance = SplitMix(seed)
        directory = try TemporaryDirectory()
        for number in 0..<3 { try await open("\(number)") }
        shop.server.script { script in
            script.refuse = { event in
                event.operations.contains { $0.action == .append(.string("forbidden")) }
                    ? Refusal(.notPermitted, "scripted") : nil
            }
        }
    }

    private func open(_ name: String) async throws {
        let path = "\(directory.path)/\(name)"
        clients.append(try await shop.client(.file(path)))
        paths.append(path)
    }

    func step() async throws {
        let index = Int(chance.next() % UInt64(clients.count))
        let client = clients[index]
        let cart = try client.cart()
        let sku = "sku-\(chance.next() % 4)"
        shop.now.withLock { $0 += Int64(chance.next() % 5_000) }
        shop.server.script { $0.now += 2_500 }
        switch chance.next() % 20 {
        case 0...3: try await cart.add(sku, quantity: 2, title: "T\(chance.next() % 3)")
        case 4: try await cart.remove(sku)
        case 5: try await cart.setQuantity(sku, to: Int64(chance.next() % 5))
        case 6: if !cart.lines.isEmpty { try await cart.checkout() }
        case 7...9: try await note(client)
        case 10: try await client.stream("cust-1").profile().note("forbidden")
        case 11: shop.server.script { $0.lostAnswers += 1 }
        case 12: shop.server.script { $0.pageSize = Int(chance.next() % 6) + 1 }
        case 13: try await reopen(index)
        case 14: shop.server.compact("cust-1")
        case 15 where clients.count < 6: try await clone(index)
        case 16: shop.now.withLock { $0 += 200_000 }
        default: _ = try? await client.sync()
        }
    }

    /// Syncs until nobody has anything left to say or to hear.
    func settle() async throws {
        shop.server.script { $0.lostAnswers = 0 }
        for _ in 0..<4 {
            for client in clients { try await client.sync() }
        }
    }

    /// What stands in the log's journey, in any order.
    func facts() throws -> [String] {
        let profile = try EntityID("profile/main")
        let value = shop.server.log("cust-1").state.value(of: profile, schemas: BuiltinSchemas.all)
        return ProfileContents(value).journey
    }

    private func note(_ client: SyncClient) async throws {
        factCount += 1
        let fact = "fact-\(factCount)"
        try await client.stream("cust-1").profile().note(fact)
        noted.insert(fact)
    }

    /// Ends the app without a goodbye, and starts it again.
    private func reopen(_ index: Int) async throws {
        try await clients[index].close()
        clients[index] = try await shop.client(.file(paths[index]))
    }

    /// Copies an installation with all that it holds. Nothing of it waits, or both would rightly
    /// say it.
    private func clone(_ index: Int) async throws {
        shop.server.script { $0.lostAnswers = 0 }
        guard (try? await clients[index].sync()) != nil else { return }
        try await clients[index].close()
        let copy = "\(directory.path)/copy-\(clients.count)"
        try Copies.copyFile(from: paths[index], to: copy)
        clients[index] = try await shop.client(.file(paths[index]))
        clients.append(try await shop.client(.file(copy)))
        paths.append(copy)
    }
}

/// Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014.
private struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
