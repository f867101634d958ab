import BatonCore
import BatonSync
import Foundation

/// A device with the SDK: a client with a store of its own on disk, opened when it is needed.
final class SDKDevice {
    /// What became of a write.
    enum Outcome {
        case written
        case waits
        case nothing
        /// No server would have taken it.
        case refused(String)
    }

    let device: ShopDevice
    let transport: FaultyTransport
    /// What it wrote and was told to be stored, in order.
    private(set) var written: [Dot] = []
    /// Deliveries that the data set has beyond the first, and that were not made up for yet.
    private var owedDeliveries = 0
    /// Which turn of its person it last had.
    var lastTurn = 0
    var isOffline = false
    /// Syncs that failed for a reason that waiting does not mend, by what was said.
    private(set) var troubles: [String: Int] = [:]

    private let path: String
    private let token: String
    private let options: SyncOptions
    private var client: SyncClient?

    init(
        _ device: ShopDevice, path: String, token: String, clock: RecordedClock,
        identity: Dice, transport: FaultyTransport
    ) {
        self.device = device
        self.transport = transport
        self.path = path
        self.token = token
        var options = SyncOptions()
        options.wallClock = { clock.now }
        options.random = { identity.next() }
        options.transport = transport
        self.options = options
    }

    var isOpen: Bool { client != nil }

    /// Whether the app was ever started.
    private(set) var isInstalled = false

    /// Opens the store, unless it is open.
    private func opened() async throws(ReplayFailure) -> SyncClient {
        if let client { return client }
        do {
            let client = try await SyncClient.open(
                store: .file(path), server: nil, channel: device.channel.description,
                token: .fixed(token), options: options)
            self.client = client
            isInstalled = true
            return client
        } catch { throw Self.failure(error) }
    }

    /// Ends the app; what is pending stays in the store.
    func close() async throws(ReplayFailure) {
        guard let client else { return }
        self.client = nil
        do {
            try await client.close()
        } catch { throw Self.failure(error) }
    }

    /// Carries an action out on top of what the device sees.
    func write(_ event: ShopEvent) async throws(ReplayFailure) -> Outcome {
        let client = try await opened()
        let stream = client.stream(device.stream)
        let state = stream.state
        let write: ShopWrite
        do {
            // Nobody else writes here, so the state is still the same when the edit is made.
            write = try ShopWrite(event.action, at: event.time) { entity in
                state.value(of: entity, schemas: options.schemas)
            }
        } catch { return .refused("invalid-name") }
        switch write {
        case .nothing: return .nothing
        case .waits: return .waits
        case .event, .checkout:
            let operations = write.operations
            do {
                try await stream.edit { $0.append(operations) }
            } catch {
                guard error.code == .invalidWrite else { throw Self.failure(error) }
                return .refused("invalid-write: \(error.message)")
            }
            let replica = client.replica
            let dot = Dot(replica, stream.state.vector[replica])
            written.append(dot)
            owedDeliveries += event.deliveries - 1
            return .written
        }
    }

    /// Syncs once.
    func sync() async throws(ReplayFailure) -> Patience.Attempt<SyncReport> {
        let client = try await opened()
        do {
            let report = try await client.sync(device.stream)
            return .done(report)
        } catch {
            if error.isPassing { return .passing("\(error)") }
            let failure = Self.failure(error)
            guard failure.code == .syncFailed else { throw failure }
            // A finding, not an end: the comparison at the end shows what it came to.
            troubles["\(error.code.rawValue): \(error.message)", default: 0] += 1
            return .done(SyncReport())
        }
    }

    /// Delivers again what the data set says was delivered several times. Returns false, with some
    /// left to do, if the server could not be reached.
    func deliverAgain() async -> Bool {
        while owedDeliveries > 0 {
            do {
                guard try await transport.deliverAgain() else { return true }
            } catch { return false }
            owedDeliveries -= 1
        }
        return true
    }

    /// How the device stands.
    func standing() async throws(ReplayFailure) -> DeviceStanding {
        let client = try await opened()
        let stream = client.stream(device.stream)
        return DeviceStanding(
            name: device.name, confirmed: stream.confirmedState, pending: stream.pendingCount)
    }

    private static func failure(_ error: SyncFailure) -> ReplayFailure {
        let code: ReplayFailure.Code
        switch error.code {
        case .unauthenticated, .forbidden: code = .accessDenied
        case .storeFailed, .storeFull, .storeInUse, .storeNewer: code = .storeFailed
        default: code = .syncFailed
        }
        return ReplayFailure(code, error.message, cause: error.cause ?? error.code.rawValue)
    }
}

/// How a device stands at the end.
struct DeviceStanding: Sendable {
    let name: String
    let confirmed: StreamState
    /// Events that no log has taken.
    let pending: Int
}
