import BatonCore
import BatonSync
import BatonWire
import Synchronization

/// A device with the SDK and a store on disk that keeps writing to one cart, whatever becomes of the
/// server.
final class LoadDevice: Sendable {
    let writer: Int
    let stream: StreamID
    private let client: SyncClient
    private let chance: Chance
    private let written = Mutex(0)
    private let troubles: FindingList
    /// Syncs by itself, in the background, with a live connection; the others do it by hand.
    private let isOnItsOwn: Bool

    /// Opens the device's store.
    init(
        writer: Int, stream: StreamID, store: String, transport: any SyncTransport,
        token: String, chance: Chance, troubles: FindingList
    ) async throws(TortureFailure) {
        self.writer = writer
        self.stream = stream
        self.chance = chance
        self.troubles = troubles
        isOnItsOwn = writer % 4 == 0
        var options = SyncOptions()
        options.transport = transport
        options.firstRetry = .milliseconds(20)
        options.longestRetry = .milliseconds(200)
        options.interval = .milliseconds(500)
        options.timeout = .seconds(20)
        do {
            client = try await SyncClient.open(
                store: .file(store), server: nil, channel: "app", token: .fixed(token),
                options: options)
        } catch { throw Self.failure(error) }
    }

    /// How many writes were told to be on disk.
    var writes: Int { written.withLock { $0 } }

    /// Writes and syncs until the task is cancelled.
    func run() async {
        if isOnItsOwn { client.start() }
        while !Task.isCancelled {
            for _ in 0..<chance.pick(1...5) {
                guard await write() else { return }
            }
            if !isOnItsOwn { await sync() }
            try? await Task.sleep(for: .milliseconds(chance.pick(1...60)))
        }
        if isOnItsOwn { await client.stop() }
    }

    private func write() async -> Bool {
        let mark = Mark(writer: writer, number: writes + 1)
        let article = "article-\(chance.pick(1...12))"
        let quantity = Int64(chance.pick(1...3))
        do {
            try await client.stream(stream).edit { edit in
                try edit.cart { cart in
                    if quantity == 3 {
                        cart.setQuantity(article, to: quantity)
                    } else {
                        cart.add(article, quantity: quantity, title: article)
                    }
                    cart.setNote(mark.description)
                }
            }
            written.withLock { $0 = mark.number }
            return true
        } catch {
            troubles.add(.process, "device \(writer)", "a write to its own store failed: \(error)")
            return false
        }
    }

    private func sync() async {
        do {
            note(try await client.sync())
        } catch {
            guard !error.isPassing else { return }
            troubles.add(.answer, "device \(writer)", "a sync failed for good: \(error)")
        }
    }

    private func note(_ report: SyncReport) {
        for trouble in report.healed {
            troubles.add(.diverged, "device \(writer)", "it had to mend \(trouble)")
        }
        if report.refused > 0 {
            troubles.add(.answer, "device \(writer)", "\(report.refused) events were refused")
        }
    }

    /// Syncs until nothing is pending, or as often as it may; whether nothing is.
    func settle(tries: Int = 200) async -> Bool {
        for _ in 0..<tries {
            await sync()
            if client.stream(stream).pendingCount == 0 { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// The hash of what the device holds to be the log's state.
    var stateHash: String { StateHash(of: client.stream(stream).confirmedState).description }

    /// Closes the store.
    func close() async throws(TortureFailure) {
        do {
            try await client.close()
        } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: SyncFailure) -> TortureFailure {
        TortureFailure(.device, "a device's store failed", cause: "\(error)")
    }
}
