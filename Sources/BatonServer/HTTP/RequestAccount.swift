import BatonCore
import BatonLog
import Synchronization

/// What is known of a request by its end: whose it was and what it was about.
final class RequestAccount: Sendable {
    /// The facts, none of which is secret.
    struct Facts {
        var principal: Principal?
        /// Whose data it was about; known of a claim, too, which needs no token.
        var tenant: TenantID?
        var stream: StreamID?
        /// How many streams it was about, that one among them.
        var streams = 0
        var replica: ReplicaID?
        /// Bytes of its body that were taken in.
        var bytes = 0
    }

    private let facts = Mutex(Facts())

    var now: Facts { facts.withLock { $0 } }

    func note(_ principal: Principal) {
        facts.withLock { facts in
            facts.principal = principal
            facts.tenant = principal.tenant
        }
    }

    /// The one stream that it is about.
    func note(_ key: StreamKey) {
        note(key.stream)
        facts.withLock { $0.tenant = key.tenant }
    }

    /// Many streams are told of as the first and their number: a line of the log is no list.
    func note(_ stream: StreamID?, of count: Int = 1) {
        facts.withLock { facts in
            facts.stream = stream
            facts.streams = count
        }
    }

    func note(bytes: Int) { facts.withLock { $0.bytes = bytes } }

    func note(_ replica: ReplicaID) { facts.withLock { $0.replica = replica } }
}
