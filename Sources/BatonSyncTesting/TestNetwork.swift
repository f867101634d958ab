public import BatonSync
import Synchronization

/// The network of one device under test, which a test cuts and mends.
public final class TestNetwork: SyncTransport {
    private let server: any SyncTransport
    private let isDown = Atomic<Bool>(false)
    private let lostAnswers = Atomic<Int>(0)

    /// A network over another way to the server.
    public init(to server: any SyncTransport) { self.server = server }

    /// Nothing reaches the server until ``mend()``. A live connection that is open stays so.
    public func cut() { isDown.store(true, ordering: .sequentiallyConsistent) }

    /// All is well again.
    public func mend() { isDown.store(false, ordering: .sequentiallyConsistent) }

    /// The server carries the next calls out, so many of them, and their answers do not come back.
    public func loseAnswers(_ count: Int) {
        lostAnswers.store(count, ordering: .sequentiallyConsistent)
    }

    public func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        try requireUp()
        let reply = try await server.send(call)
        if lostAnswers.load(ordering: .sequentiallyConsistent) > 0 {
            lostAnswers.subtract(1, ordering: .sequentiallyConsistent)
            throw TransportFailure(.unreachable, "the answer was lost, as the test wished")
        }
        return reply
    }

    public func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try requireUp()
        return try await server.open(call)
    }

    private func requireUp() throws(TransportFailure) {
        guard !isDown.load(ordering: .sequentiallyConsistent) else {
            throw TransportFailure(.unreachable, "the network was cut by the test")
        }
    }
}
