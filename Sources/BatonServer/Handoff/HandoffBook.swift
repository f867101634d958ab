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
        var made = 0

        mutating func forget(_ handoff: Handoff) {
            handoffs[handoff.id] = nil
            codes[handoff.code] = nil
        }

        /// Forgets the oldest of these whose code opens nothing any more; false where all still do.
        mutating func forgetOldest(of some: [Handoff], now: Int64) -> Bool {
            let ended = some.filter { $0.status(at: now) != .open }
            guard let oldest = ended.min(by: { $0.number < $1.number }) else { return false }
            forget(oldest)
            return true
        }
    }

    private let limits: ServerLimits
    private let state = Mutex(State())
    /// Milliseconds for which the giver can ask what became of a code that is worth nothing any more.
    private static let memory: Int64 = 3_600_000
    /// How many ended ones a stream may have, for each that may be open.
    private static let endedForEachOpen = 4

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
            var code = HandoffCode(bits: draw())
            while state.codes[code] != nil { code = HandoffCode(bits: draw()) }
            let id = Self.hexadecimal(draw()) + Self.hexadecimal(draw())
            var handoff = make(id, code)
            try makeRoom(for: handoff, in: &state, now: now)
            state.made += 1
            handoff.number = state.made
            state.handoffs[id] = handoff
            state.codes[code] = id
            return handoff
        }
    }

    /// Makes room, of the stream's own first, then of the tenant's that has most: nobody takes another's.
    private func makeRoom(
        for handoff: Handoff, in state: inout State, now: Int64
    ) throws(Problem) {
        let ofStream = state.handoffs.values.filter { $0.key == handoff.key }
        let open = ofStream.count { $0.status(at: now) == .open }
        guard open < limits.handoffsPerStream else {
            throw Problem(
                .limitExceeded,
                "\(open) codes of this stream can be claimed already; wait until one is claimed "
                    + "or expires")
        }
        if ofStream.count >= limits.handoffsPerStream * (1 + Self.endedForEachOpen) {
            _ = state.forgetOldest(of: ofStream, now: now)
        }
        let tenant = handoff.key.tenant
        let openOfTenant = state.handoffs.values.filter {
            $0.key.tenant == tenant && $0.status(at: now) == .open
        }
        let mostOfTenant = max(1, limits.handoffs / 2)
        guard openOfTenant.count < mostOfTenant else {
            throw full(mostOfTenant, until: openOfTenant.map(\.expires).min(), now: now)
        }
        guard state.handoffs.count >= limits.handoffs else { return }
        let byTenant = Dictionary(grouping: state.handoffs.values, by: \.key.tenant)
        let most = byTenant.values.max { $0.count < $1.count } ?? []
        if state.forgetOldest(of: most, now: now) { return }
        if state.forgetOldest(of: Array(state.handoffs.values), now: now) { return }
        throw full(limits.handoffs, until: state.handoffs.values.map(\.expires).min(), now: now)
    }

    private func full(_ open: Int, until moment: Int64?, now: Int64) -> Problem {
        Problem(
            .overloaded,
            "\(open) codes can be claimed, the most there may be; try again when one has ended",
            wait: moment.map { Int(max(1, ($0 - now) / 1000)) })
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
        for handoff in state.handoffs.values where handoff.expires + memory <= now {
            state.forget(handoff)
        }
    }

    private static func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
