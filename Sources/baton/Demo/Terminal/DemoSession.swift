import BatonLog
import BatonSync
import UnixSignals

/// The demo on a terminal: takes keys and changes, one after another, and draws.
struct DemoSession {
    /// What wakes it.
    private enum Wake: Sendable {
        case keys([UInt8])
        case changed, ended
    }

    /// Keys and changes that wait; of more, the later are dropped, for a screen that is drawn later shows
    /// all changes.
    private static let longestQueue = 1_024

    private let shop: DemoShop
    private let terminal: DemoTerminal
    private var view = DemoView()
    private var drawn: [StyledText] = []

    /// Runs until somebody quits, or the process is asked to end.
    static func run(_ shop: DemoShop, on terminal: DemoTerminal) async throws {
        for device in shop.devices { device.client.start() }
        let (wakes, source) = AsyncStream<Wake>.makeStream(
            bufferingPolicy: .bufferingOldest(longestQueue))
        let keys = KeySource { bytes in source.yield(bytes.isEmpty ? .ended : .keys(bytes)) }
        let watch = shop.log.watch([shop.key]) { _ in source.yield(.changed) }
        let watching = Task { await Self.watch(shop.devices, source) }
        defer {
            watching.cancel()
            watch.end()
        }
        var session = DemoSession(shop: shop, terminal: terminal)
        try await session.follow(wakes)
        withExtendedLifetime(keys) {}
    }

    private init(shop: DemoShop, terminal: DemoTerminal) {
        self.shop = shop
        self.terminal = terminal
    }

    private static func watch(
        _ devices: [DemoDevice], _ source: AsyncStream<Wake>.Continuation
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for device in devices {
                group.addTask { for await _ in device.client.changes { source.yield(.changed) } }
                group.addTask { for await _ in device.client.status { source.yield(.changed) } }
            }
            group.addTask {
                let signals = await UnixSignalsSequence(
                    trapping: .sigint, .sigterm, .sighup, .sigwinch)
                for await signal in signals {
                    source.yield(signal == .sigwinch ? .changed : .ended)
                }
            }
        }
    }

    private mutating func follow(_ wakes: AsyncStream<Wake>) async throws {
        try await draw()
        for await wake in wakes {
            switch wake {
            case .ended: return
            case .changed: break
            case .keys(let bytes):
                for key in KeyReader.keys(bytes) {
                    guard try await press(key) else { return }
                }
            }
            try await draw()
        }
    }

    private mutating func draw() async throws {
        let lines = DemoScreen.lines(try await shop.model(), view, size: terminal.size)
        guard lines != drawn else { return }
        terminal.draw(lines)
        drawn = lines
    }

    /// Does what a key says. Returns whether to go on.
    private mutating func press(_ key: PressedKey) async throws -> Bool {
        let device = shop.devices[view.selected]
        switch view.press(key, at: try device.panel()) {
        case .quit: return false
        case .nothing: return true
        case .act(let action):
            view.message = "\(device.seat.rawValue): \(await tell(device, action))"
            return true
        }
    }

    private func tell(_ device: DemoDevice, _ action: DemoAction) async -> String {
        do {
            let told = try await device.perform(action)
            // Not before its next try: people who mend a network look at once.
            if action == .mend { _ = try await device.perform(.sync) }
            return told ?? action.done
        } catch let failure as SyncFailure {
            return failure.message
        } catch {
            return "\(error)"
        }
    }
}
