import BatonCore
import Synchronization

/// What is known of a request by its end: whose it was and what it was about.
final class RequestAccount: Sendable {
    /// The facts, none of which is secret.
    struct Facts {
        var principal: Principal?
        var stream: StreamID?
        var replica: ReplicaID?
        /// Bytes of its body that were taken in.
        var bytes = 0
    }

    private let facts = Mutex(Facts())

    var now: Facts { facts.withLock { $0 } }

    func note(_ principal: Principal) { facts.withLock { $0.principal = principal } }

    func note(_ stream: StreamID) { facts.withLock { $0.stream = stream } }

    func note(bytes: Int) { facts.withLock { $0.bytes = bytes } }

    func note(_ replica: ReplicaID) { facts.withLock { $0.replica = replica } }
}
