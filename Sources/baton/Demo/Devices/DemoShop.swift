import BatonCore
import BatonLog
import BatonServer
import BatonSync

/// A server in this process, and the three clients that share one customer's stream over HTTP.
struct DemoShop: Sendable {
    static let customer = "cust-1"

    let devices: [DemoDevice]
    let log: MemoryLog
    let key: StreamKey
    let clock: DemoClock

    /// Runs the server and opens the clients, hands them to `body`, and closes all when that is done.
    static func run<Result: Sendable>(
        clock: DemoClock, _ body: (DemoShop) async throws -> Result
    ) async throws -> Result {
        let log = MemoryLog()
        let tenant = try TenantID("demo")
        return try await OwnServer.with(engine: log, wallClock: { clock.now }) { server, keys in
            var devices: [DemoDevice] = []
            for seat in DemoSeat.allCases {
                let claims = TokenClaims(
                    tenant: tenant, role: seat.role, streams: [customer],
                    expires: clock.now / 1_000 + 30 * 86_400)
                devices.append(
                    try await DemoDevice.open(
                        seat, server: server, token: try await keys.sign(claims), demo: clock))
            }
            let shop = DemoShop(
                devices: devices, log: log,
                key: StreamKey(tenant: tenant, stream: try StreamID(customer)), clock: clock)
            do {
                let result = try await body(shop)
                await shop.close()
                return result
            } catch {
                await shop.close()
                throw error
            }
        }
    }

    subscript(seat: DemoSeat) -> DemoDevice? { devices.first { $0.seat == seat } }

    private func close() async {
        for device in devices { try? await device.client.close() }
    }
}
