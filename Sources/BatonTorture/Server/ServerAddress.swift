import BatonSync
import Synchronization

/// Where the server is now: it has another port after each start, and none in between. Clients that
/// hold this need not notice.
final class ServerAddress: SyncTransport {
    private let transports = Mutex<HTTPTransport?>(nil)
    private let address = Mutex("")

    /// The address that it had last.
    var current: String { address.withLock { $0 } }

    /// Sends calls to `address` from now on; `nil` lets them fail as if the network were gone.
    func move(to address: String?) throws(TortureFailure) {
        guard let address else {
            transports.withLock { $0 = nil }
            return
        }
        do {
            let transport = try HTTPTransport(server: address)
            transports.withLock { $0 = transport }
            self.address.withLock { $0 = address }
        } catch {
            throw TortureFailure(.program, "the server gave no address", cause: error.message)
        }
    }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        try await transport().send(call)
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await transport().open(call)
    }

    private func transport() throws(TransportFailure) -> HTTPTransport {
        guard let transport = transports.withLock({ $0 }) else {
            throw TransportFailure(.unreachable, "the server is down")
        }
        return transport
    }
}
