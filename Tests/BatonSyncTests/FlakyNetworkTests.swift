import BatonCore
import BatonServer
import BatonWire
import Foundation
import Synchronization
import Testing

@testable import BatonSync

/// Edits over a network that fails in every way that HTTP can, between real clients and the real server: a
/// thousand of them, or with `BATON_FLAKY_ROUNDS=50` ten thousand.
@Suite struct `A network that fails in every way` {
    private static let devices = 4
    private static let streams = 5
    private static let rounds =
        ProcessInfo.processInfo.environment["BATON_FLAKY_ROUNDS"].flatMap { Int($0) } ?? 5
    /// Edits of one device in one stream between two tries to sync.
    private static let edits = 10

    @Test func `loses and doubles nothing`() async throws {
        try await RealServer.run { address, token in
            let networks = try (0..<Self.devices).map {
                FlakyNetwork(to: try HTTPTransport(server: address), seed: UInt64($0))
            }
            var devices: [SyncClient] = []
            for network in networks {
                var options = SyncOptions()
                options.transport = network
                devices.append(
                    try await SyncClient.open(
                        store: .memory, server: nil, channel: "app", token: .fixed(token),
                        options: options))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, device) in devices.enumerated() {
                    group.addTask { try await Self.shop(device, number) }
                }
                try await group.waitForAll()
            }
            for network in networks { network.mend() }
            for device in devices + devices { try await device.sync() }

            for number in 0..<Self.streams {
                let streams = try devices.map { try $0.stream("cust-\(number)") }
                let hashes = Set(streams.map { StateHash(of: $0.state).description })
                #expect(hashes.count == 1)
                for (writer, _) in devices.enumerated() {
                    let lines = try streams[0].cart().lines.filter { $0.sku == "of-\(writer)" }
                    #expect(lines.map(\.quantity) == [Int64(Self.rounds * Self.edits)])
                }
            }
            for device in devices {
                #expect(device.currentStatus.pending == 0 && device.refusals().isEmpty)
                // No retry was taken for a clone, and no answer that was cut for another state.
                #expect(device.healedSoFar.isEmpty)
                try await device.close()
            }
            let faults = networks.map(\.faults).reduce([:]) { $0.merging($1, uniquingKeysWith: +) }
            #expect(faults.values.reduce(0, +) > 40, "\(faults)")
        }
    }

    private static func shop(_ device: SyncClient, _ number: Int) async throws {
        for _ in 0..<rounds {
            for stream in 0..<streams {
                let cart = try device.stream("cust-\(stream)").cart()
                for _ in 0..<edits { try await cart.add("of-\(number)", quantity: 1) }
                _ = try? await device.sync()
            }
        }
    }
}

/// A network that fails at random, under a seed, between a client and a real transport.
private final class FlakyNetwork: SyncTransport {
    enum Fault: CaseIterable {
        /// The call does not arrive.
        case lost
        /// The call is carried out, and its answer lost.
        case reset
        /// The call arrives twice, and the second answer is the one that comes.
        case doubled
        /// The call arrives again much later, when the client has gone on.
        case late
        /// The answer ends early.
        case cut
        /// The answer takes its time.
        case slow
        /// Something in between answers in the server's place.
        case portal
    }

    private struct State {
        var random: UInt64
        var isMended = false
        var faults: [Fault: Int] = [:]
        var late: SyncCall?
    }

    private let server: any SyncTransport
    private let state: Mutex<State>

    init(to server: any SyncTransport, seed: UInt64) {
        self.server = server
        state = Mutex(State(random: seed &+ 0x9E37_79B9_7F4A_7C15))
    }

    var faults: [Fault: Int] { state.withLock { $0.faults } }

    func mend() { state.withLock { $0.isMended = true } }

    /// What befalls the next call; nothing in one of three.
    private func draw() -> (fault: Fault?, number: UInt64) {
        state.withLock { state in
            state.random &+= 0x9E37_79B9_7F4A_7C15
            var z = state.random
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            z ^= z >> 31
            guard !state.isMended, z % 3 != 0 else { return (nil, z) }
            let fault = Fault.allCases[Int(z / 3 % UInt64(Fault.allCases.count))]
            state.faults[fault, default: 0] += 1
            return (fault, z >> 32)
        }
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let (fault, number) = draw()
        if let late = state.withLock({ $0.late.take() }) { _ = try? await server.send(late) }
        switch fault {
        case nil: return try await server.send(call)
        case .lost: throw TransportFailure(.unreachable, "lost")
        case .reset:
            _ = try await server.send(call)
            throw TransportFailure(.unreachable, "reset")
        case .doubled:
            _ = try await server.send(call)
            return try await server.send(call)
        case .late:
            state.withLock { $0.late = call }
            return try await server.send(call)
        case .cut:
            let reply = try await server.send(call)
            let left = reply.body.prefix(Int(number % UInt64(reply.body.count + 1)))
            return SyncReply(status: reply.status, headers: reply.headers, body: Array(left))
        case .slow:
            try? await Task.sleep(for: .milliseconds(Int(number % 20)))
            return try await server.send(call)
        case .portal:
            return SyncReply(
                status: 200, headers: ["content-type": "text/html"],
                body: Array("<html>Welcome to our shop's network</html>".utf8))
        }
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await server.open(call)
    }
}
