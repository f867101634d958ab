import BatonSync
import Synchronization
import Testing

@testable import BatonReplay

@Suite struct ReplayDriverTests {
    @Test func `Online, everything is exactly as counted`() async throws {
        let shop = try MadeUpShop(seed: 1, people: 4, steps: 40)
        let report = try await ReplayServer.replay(shop, .online)
        #expect(report.findings == [])
        #expect(report.comparison.differences == [])
        #expect(report.comparison.carts.compared == 4)
        #expect(report.comparison.orders.compared > 10)
        #expect(report.devices.compared == 12)
        #expect(report.events.written > 100)
        #expect(report.events.kept == report.events.written)
        #expect(report.events.refused == [:])
        let repeated = shop.events.filter(\.action.isWritten).map { $0.deliveries - 1 }
        #expect(report.events.duplicatesAbsorbed > 0)
        #expect(report.events.duplicatesAbsorbed <= repeated.reduce(0, +))
        #expect(report.network.restarts == 0)
        #expect(report.network.faults.values.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `Offline and with faults, nothing diverges or is lost or doubled`(
        seed: UInt64
    ) async throws {
        let shop = try MadeUpShop(seed: seed, people: 4, steps: 40)
        let report = try await ReplayServer.replay(shop, .offline(0.5, seed: seed))
        #expect(report.findings == [], "\(report.events)")
        #expect(report.devices.compared == 12)
        #expect(report.events.kept == report.events.written)
        #expect(report.network.faults.values.reduce(0, +) > 10)
        #expect(report.network.restarts > 0)
        #expect(report.events.duplicatesAbsorbed > 0)
    }

    @Test func `The same seed makes the same faults and the same end`() async throws {
        let shop = try MadeUpShop(seed: 4, people: 3, steps: 25)
        // A server's breakdown is not of the seed: a network below the faults sits it out.
        let first = try await ReplayServer.replay(shop, .offline(0.5, seed: 9)) {
            PatientNetwork($0)
        }
        let second = try await ReplayServer.replay(shop, .offline(0.5, seed: 9)) {
            PatientNetwork(OutageNetwork($0))
        }
        let other = try await ReplayServer.replay(shop, .offline(0.5, seed: 10)) {
            PatientNetwork($0)
        }
        #expect(first.network.faults == second.network.faults)
        #expect(first.network.requests == second.network.requests)
        #expect(first.comparison.differences == second.comparison.differences)
        #expect(first.network.requests != other.network.requests)
    }

    @Test func `Devices that are never online until the end still agree`() async throws {
        let shop = try MadeUpShop(seed: 5, people: 2, steps: 30)
        let report = try await ReplayServer.replay(shop, .offline(1, seed: 1))
        #expect(report.findings == [])
        #expect(report.events.kept == report.events.written)
    }

    @Test func `An event that was acknowledged and never stored is found lost`() async throws {
        let shop = try MadeUpShop(seed: 6, people: 2, steps: 25)
        let report = try await ReplayServer.replay(shop, .online) {
            TamperingNetwork($0, .swallowsThinWrite)
        }
        #expect(report.events.lost == 1)
        #expect(report.findings.contains("1 events lost"))
    }

    @Test func `An event that was stored twice is found doubled`() async throws {
        let shop = try MadeUpShop(seed: 6, people: 2, steps: 25)
        let report = try await ReplayServer.replay(shop, .online) {
            TamperingNetwork($0, .repeatsThinWriteAsNew)
        }
        #expect(report.events.doubled == 1)
        #expect(report.findings.contains("1 events doubled"))
    }

    @Test func `A device that was given other events is found to diverge`() async throws {
        let shop = try MadeUpShop(seed: 7, people: 2, steps: 25)
        let report = try await ReplayServer.replay(shop, .online) {
            TamperingNetwork($0, .changesPulledEvents)
        }
        #expect(report.devices.diverged == 1)
        #expect(report.devices.divergedNames.allSatisfy { $0.hasPrefix("cust-0/") })
        #expect(report.findings.contains("1 devices diverged"))
    }

    @Test func `A server that is away for a while costs nothing but time`() async throws {
        let shop = try MadeUpShop(seed: 8, people: 2, steps: 25)
        let report = try await ReplayServer.replay(shop, .online) { OutageNetwork($0) }
        #expect(report.findings == [])
        #expect(report.comparison.differences == [])
    }

    @Test func `Streams that have events already are not replayed onto`() async throws {
        let shop = try MadeUpShop(seed: 9, people: 2, steps: 10)
        var options = ReplayOptions.online
        options.isForeignServer = true
        let (folder, data) = (try TemporaryFolder(), shop.data)
        let path = folder.path
        try await ReplayServer.with { [options] network, token in
            func run() async throws -> ReplayReport {
                try await ReplayDriver(
                    network: network, token: token, folder: path, options: options
                ).run(data)
            }
            let first = try await run()
            #expect(first.findings == [])
            await #expect { try await run() } throws: {
                ($0 as? ReplayFailure)?.code == .streamTaken
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func `A token that the server does not take is told at once`() async throws {
        let shop = try MadeUpShop(seed: 9, people: 1, steps: 5)
        let data = shop.data
        try await ReplayServer.with { network, _ in
            let driver = ReplayDriver(
                network: network, token: "none", folder: "/nowhere", options: .online)
            await #expect { try await driver.run(data) } throws: {
                ($0 as? ReplayFailure)?.code == .accessDenied
            }
        }
    }
}

/// A network that breaks down now and then for a dozen requests.
private final class OutageNetwork: SyncTransport {
    private let network: any SyncTransport
    private let requests = Mutex(0)

    init(_ network: any SyncTransport) { self.network = network }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let number = requests.withLock { requests in
            requests += 1
            return requests
        }
        if number % 40 > 28 { throw TransportFailure(.unreachable, "the server is away") }
        return try await network.send(call)
    }
}

/// A network that sends a request again until the server has answered it.
private final class PatientNetwork: SyncTransport {
    private let network: any SyncTransport

    init(_ network: any SyncTransport) { self.network = network }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        var failure = TransportFailure(.unreachable, "never asked")
        for _ in 1...200 {
            do {
                let reply = try await network.send(call)
                guard reply.status >= 500 || reply.status == 429 else { return reply }
                failure = TransportFailure(.unreachable, "status \(reply.status)")
                try? await Task.sleep(for: .milliseconds(20))
            } catch { failure = error }
        }
        throw failure
    }
}
