import BatonCore
import BatonLog
import Synchronization

/// The hand-offs of a server, in its memory: those whose codes can be claimed, and for an hour what
/// became of the others.
///
/// A code lives for minutes, so none is worth a disk: when the server stops, open codes are gone, and no
/// code can be claimed a second time. What was claimed goes on, since its token stands for itself.
final class HandoffBook: Sendable {
    private struct State {
        private(set) var handoffs: [String: Handoff] = [:]
        private(set) var codes: [HandoffCode: String] = [:]
        /// Ids of each stream's, oldest first.
        private var streams: [StreamKey: [String]] = [:]
        /// How many each tenant has: to look at all of them for each new one would take too long.
        private(set) var held: [TenantID: Int] = [:]
        private var made = 0
        private var tidied = Int64.min

        mutating func add(_ handoff: Handoff) {
            made += 1
            var handoff = handoff
            handoff.number = made
            handoffs[handoff.id] = handoff
            codes[handoff.code] = handoff.id
            streams[handoff.key, default: []].append(handoff.id)
            held[handoff.key.tenant, default: 0] += 1
        }

        mutating func note(_ claim: Handoff.Claim, of id: String) { handoffs[id]?.claim = claim }

        /// Those of a stream, oldest first.
        func handoffs(of key: StreamKey) -> [Handoff] {
            (streams[key] ?? []).compactMap { handoffs[$0] }
        }

        private mutating func forget(_ handoff: Handoff) {
            let (key, tenant) = (handoff.key, handoff.key.tenant)
            handoffs[handoff.id] = nil
            codes[handoff.code] = nil
            streams[key]?.removeAll { $0 == handoff.id }
            if streams[key]?.isEmpty == true { streams[key] = nil }
            held[tenant] = held[tenant].flatMap { $0 > 1 ? $0 - 1 : nil }
        }

        /// Forgets the oldest of these whose codes open nothing any more; false where all still do.
        mutating func forgetOldest(
            _ count: Int, of some: some Sequence<Handoff>, now: Int64
        ) -> Bool {
            let ended = some.filter { $0.status(at: now) != .open }
            for handoff in ended.sorted(by: { $0.number < $1.number }).prefix(count) {
                forget(handoff)
            }
            return !ended.isEmpty
        }

        /// Forgets those that expired so long ago; looks once a second.
        mutating func tidy(now: Int64, memory: Int64) {
            guard now < tidied || now >= tidied + 1_000 else { return }
            tidied = now
            for handoff in handoffs.values where handoff.expires + memory <= now {
                forget(handoff)
            }
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
            state.tidy(now: now, memory: Self.memory)
            var code = HandoffCode(bits: draw())
            while state.codes[code] != nil { code = HandoffCode(bits: draw()) }
            let id = Self.hexadecimal(draw()) + Self.hexadecimal(draw())
            let handoff = make(id, code)
            try makeRoom(for: handoff, in: &state, now: now)
            state.add(handoff)
            return handoff
        }
    }

    /// Makes room, of the stream's own first, then of the tenant's that has most: nobody takes another's.
    private func makeRoom(
        for handoff: Handoff, in state: inout State, now: Int64
    ) throws(Problem) {
        let ofStream = state.handoffs(of: handoff.key)
        let open = ofStream.count { $0.status(at: now) == .open }
        guard open < limits.handoffsPerStream else {
            throw Problem(
                .limitExceeded,
                "\(open) codes of this stream can be claimed already; wait until one is claimed "
                    + "or expires")
        }
        if ofStream.count >= limits.handoffsPerStream * (1 + Self.endedForEachOpen) {
            _ = state.forgetOldest(1, of: ofStream, now: now)
        }
        let tenant = handoff.key.tenant
        let mostOfTenant = max(1, limits.handoffs / 2)
        if state.held[tenant, default: 0] >= mostOfTenant {
            let open = state.handoffs.values.filter {
                $0.key.tenant == tenant && $0.status(at: now) == .open
            }
            guard open.count < mostOfTenant else {
                throw full(mostOfTenant, until: open.map(\.expires).min(), now: now)
            }
        }
        guard state.handoffs.count >= limits.handoffs else { return }
        // Some at once, so that not each new one has to look for them.
        let some = max(1, limits.handoffs / 64)
        let largest = state.held.max { $0.value < $1.value }?.key
        let ofLargest = state.handoffs.values.filter { $0.key.tenant == largest }
        if state.forgetOldest(some, of: ofLargest, now: now) { return }
        if state.forgetOldest(some, of: state.handoffs.values, now: now) { return }
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
            state.note(claim, of: id)
            return claim
        }
    }

    private static func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
