import BatonLog
import Synchronization

/// The hand-offs of a server, in its memory: those whose codes can be claimed, and for an hour what
/// became of the others.
///
/// A code lives for minutes, so none is worth a disk: when the server stops, open codes are gone, and no
/// code can be claimed a second time. What was claimed goes on, since its token stands for itself.
final class HandoffBook: Sendable {
    private struct State {
        var handoffs: [String: Handoff] = [:]
        var codes: [HandoffCode: String] = [:]
    }

    private let limits: ServerLimits
    private let state = Mutex(State())
    /// Milliseconds for which the giver can ask what became of a code that is worth nothing any more.
    private static let memory: Int64 = 3_600_000

    init(_ limits: ServerLimits) { self.limits = limits }

    /// How many hand-offs are held, and how many of their codes can be claimed.
    func count(at now: Int64) -> (held: Int, open: Int) {
        state.withLock { state in
            let open = state.handoffs.values.count { $0.status(at: now) == .open }
            return (state.handoffs.count, open)
        }
    }

    /// Adds a hand-off under a code that no other has; `draw` gives random bits.
    func add(
        now: Int64, draw: () -> UInt64, _ make: (_ id: String, _ code: HandoffCode) -> Handoff
    ) throws(Problem) -> Handoff {
        try state.withLock { state throws(Problem) in
            Self.tidy(&state, now: now)
            guard state.handoffs.count < limits.handoffs else {
                throw Problem(
                    .overloaded, "\(limits.handoffs) hand-offs are under way; try again later")
            }
            var code = HandoffCode(bits: draw())
            while state.codes[code] != nil { code = HandoffCode(bits: draw()) }
            let id = Self.hexadecimal(draw()) + Self.hexadecimal(draw())
            let handoff = make(id, code)
            let open = state.handoffs.values.count {
                $0.key == handoff.key && $0.status(at: now) == .open
            }
            guard open < limits.handoffsPerStream else {
                throw Problem(
                    .limitExceeded,
                    "\(open) codes of this stream can be claimed already; wait until one is claimed "
                        + "or expires")
            }
            state.handoffs[id] = handoff
            state.codes[code] = id
            return handoff
        }
    }

    /// The hand-off of an id, as long as it is remembered.
    func handoff(_ id: String) -> Handoff? { state.withLock { $0.handoffs[id] } }

    /// The hand-off that a code opens now: nobody has claimed it, or the same call has.
    func find(_ code: HandoffCode, idempotencyKey: String?, now: Int64) -> Handoff? {
        state.withLock { state in
            guard let id = state.codes[code], let handoff = state.handoffs[id],
                now < handoff.expires
            else { return nil }
            guard let claim = handoff.claim else { return handoff }
            return claim.idempotencyKey != nil && claim.idempotencyKey == idempotencyKey
                ? handoff : nil
        }
    }

    /// Notes a claim, unless somebody was faster. Returns the one that stands; `nil` where that is
    /// another's.
    func claim(_ id: String, _ claim: Handoff.Claim, now: Int64) -> Handoff.Claim? {
        state.withLock { state in
            guard let handoff = state.handoffs[id], now < handoff.expires else { return nil }
            if let first = handoff.claim {
                let isSame = first.idempotencyKey != nil
                return isSame && first.idempotencyKey == claim.idempotencyKey ? first : nil
            }
            state.handoffs[id]?.claim = claim
            return claim
        }
    }

    private static func tidy(_ state: inout State, now: Int64) {
        for (id, handoff) in state.handoffs where handoff.expires + memory <= now {
            state.handoffs[id] = nil
            state.codes[handoff.code] = nil
        }
    }

    private static func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
