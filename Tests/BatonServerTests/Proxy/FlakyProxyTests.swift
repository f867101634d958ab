import AsyncHTTPClient
import BatonCore
import BatonLog
import BatonServer
import BatonSync
import BatonWire
import Foundation
import Testing

/// Edits of real clients, over HTTP through a proxy that delays, resets, cuts and doubles, to the real server: four
/// hundred, or with `BATON_FLAKY_EDITS=10000` ten thousand.
@Suite struct `A proxy that fails in every way` {
    private static let devices = 4
    private static let streams = 5
    private static let edits =
        ProcessInfo.processInfo.environment["BATON_FLAKY_EDITS"].flatMap { Int($0) } ?? 400
    /// Edits of one device.
    private static let share = edits / devices
    /// Edits of one device between two tries to sync.
    private static let batch = 5

    @Test func `loses and doubles nothing`() async throws {
        // All devices are one caller here, and the clock that would pay for their calls stands still.
        var limits = ServerLimits()
        limits.requestsPerSecond = 1_000_000
        limits.bytesPerMinute = 1 << 40
        try await TestServer.with(limits: limits) { server in
            let token = try await server.token(role: .customer)
            let http = HTTPClient()
            let proxies = (0..<Self.devices).map {
                FlakyProxy(to: "http://127.0.0.1:\(server.port)", http: http, seed: UInt64($0))
            }
            do {
                try await FlakyProxy.listen(proxies) { addresses in
                    var devices: [SyncClient] = []
                    for address in addresses {
                        devices.append(try await Self.device(address, token, server.clock))
                    }
                    try await Self.shop(devices)
                    for proxy in proxies { proxy.mend() }
                    for device in devices + devices { try await device.sync() }
                    try await Self.compare(devices, server, token)
                    for device in devices { try await device.close() }
                }
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
            let faults = proxies.map(\.faults).reduce([:]) { $0.merging($1, uniquingKeysWith: +) }
            for fault in NetworkFault.allCases {
                #expect(faults[fault, default: 0] > 0, "\(fault) never happened: \(faults)")
            }
        }
    }

    private static func device(
        _ server: String, _ token: String, _ clock: TestClock
    ) async throws -> SyncClient {
        var options = SyncOptions()
        options.wallClock = { clock.now }
        return try await SyncClient.open(
            store: .memory, server: server, channel: "app", token: .fixed(token), options: options)
    }

    /// The devices edit at the same time, each its share.
    private static func shop(_ devices: [SyncClient]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, device) in devices.enumerated() {
                group.addTask {
                    for edit in 0..<share {
                        let cart = try device.stream("cust-\(edit % streams)").cart()
                        try await cart.add("of-\(number)", quantity: 1)
                        if edit % batch == batch - 1 { _ = try? await device.sync() }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The devices, one that never met a fault and the server's log hold the same, and each edit once.
    private static func compare(
        _ devices: [SyncClient], _ server: TestServer, _ token: String
    ) async throws {
        let witness = try await device("http://127.0.0.1:\(server.port)", token, server.clock)
        for stream in 0..<streams { _ = try witness.stream("cust-\(stream)") }
        try await witness.sync()
        for device in devices {
            #expect(device.currentStatus.pending == 0 && device.refusals().isEmpty)
            // No retry was taken for a clone, and no answer that was cut for another state.
            #expect(device.healedSoFar.isEmpty)
        }
        for number in 0..<streams {
            let name = "cust-\(number)"
            let hashes = try (devices + [witness]).map { StateHash(of: try $0.stream(name).state) }
            #expect(Set(hashes.map(\.description)).count == 1)
            let edits = Int64((0..<share).count { $0 % streams == number })
            let lines = try witness.stream(name).cart().lines
            #expect(lines.map(\.quantity) == Array(repeating: edits, count: devices.count))
            let key = StreamKey(tenant: try TenantID("acme"), stream: try StreamID(name))
            let head = try await server.engine.head(of: key)
            #expect(head.offset.rawValue == UInt64(edits) * UInt64(devices.count))
        }
        try await witness.close()
    }
}
