import BatonSync
import Synchronization

/// Carries requests on, and keeps the answers.
final class RecordingTransport: SyncTransport {
    private let network: any SyncTransport
    private let recorded = Mutex<[SyncReply]>([])

    init(_ network: any SyncTransport) { self.network = network }

    /// All answers, in their order.
    var replies: [SyncReply] { recorded.withLock { $0 } }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let reply = try await network.send(call)
        recorded.withLock { $0.append(reply) }
        return reply
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        try await network.open(call)
    }
}

/// Gives the answers that another device was given, in their order, whatever is asked.
final class ReplayingTransport: SyncTransport {
    private let replies: [SyncReply]
    private let given = Mutex(0)

    init(_ replies: [SyncReply]) { self.replies = replies }

    func send(_ call: SyncCall) async throws(TransportFailure) -> SyncReply {
        let number = given.withLock { given in
            defer { given += 1 }
            return given
        }
        guard number < replies.count else {
            throw TransportFailure(
                .unreachable, "\(call.path) is request \(number + 1) of \(replies.count) recorded")
        }
        return replies[number]
    }

    func open(_ call: SyncCall) async throws(TransportFailure) -> LiveReply {
        throw TransportFailure(.unreachable, "nothing live was recorded")
    }
}
