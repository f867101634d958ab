import BatonCore
import BatonSync

/// One client of the demo: an installation of the SDK with a network of its own.
struct DemoDevice: Sendable {
    let seat: DemoSeat
    let client: SyncClient
    let network: DemoNetwork
    let clock: DeviceClock
    let demo: DemoClock
    let stream: CustomerStream

    /// Opens it, with its store in memory.
    static func open(
        _ seat: DemoSeat, server: String, token: String, demo: DemoClock
    ) async throws -> DemoDevice {
        let network = DemoNetwork(to: try HTTPTransport(server: server))
        let clock = DeviceClock(demo)
        var options = SyncOptions()
        options.transport = network
        options.role = seat.role
        options.wallClock = { clock.now }
        options.interval = .seconds(5)
        options.firstRetry = .milliseconds(250)
        options.longestRetry = .seconds(2)
        if demo.isStepping {
            let bits = SeededBits(seat)
            options.random = { bits.next() }
        }
        let client = try await SyncClient.open(
            store: .memory, server: nil, channel: seat.channel, token: .fixed(token),
            options: options)
        return DemoDevice(
            seat: seat, client: client, network: network, clock: clock, demo: demo,
            stream: try client.stream(DemoShop.customer))
    }

    /// Does what is wished, and returns what there is to tell; `nil` where the screen tells all.
    func perform(_ action: DemoAction) async throws -> String? {
        let cart = try stream.cart()
        switch action {
        case .add(let sku, let count):
            let article = DemoArticle.all.first { $0.sku == sku }
            try await cart.add(
                sku, quantity: count, title: article?.title,
                price: article.map { Money($0.cents, "EUR") })
        case .set(let sku, let count): try await cart.setQuantity(sku, to: count)
        case .remove(let sku): try await cart.remove(sku)
        case .note(let text): try await cart.setNote(text.isEmpty ? nil : text)
        case .checkOut: return "placed order/\(try await cart.checkout().id)"
        case .cancel: try await latestOrder().cancel()
        case .collect: try await latestOrder().collect()
        case .settle: return try await settle()
        case .cut: network.cut(at: demo.now)
        case .mend: network.mend()
        case .sync: return await sync()
        case .advanceClock: clock.advance()
        }
        return nil
    }

    private func latestOrder() throws -> Order {
        guard let order = stream.orders.last else {
            throw CommandFailure("the \(seat.rawValue) sees no order yet: check out first")
        }
        return order
    }

    /// A failure is nothing out of the ordinary here: it is told, and the client tries again.
    private func sync() async -> String {
        do {
            let report = try await client.sync()
            let sent = report.accepted + report.duplicates
            return "sent \(sent), took in \(report.pulled)"
                + (report.refused > 0 ? ", \(report.refused) refused" : "")
        } catch {
            return "\(error.code.rawValue), \(client.currentStatus.pending) pending"
        }
    }
}
