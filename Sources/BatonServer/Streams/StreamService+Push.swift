import BatonCore
package import BatonLog
package import BatonWire
import Crypto

extension StreamService {
    /// Pushes a batch: one verdict for each event, once what is accepted is durable.
    package func push(
        _ batch: PushedBatch, to key: StreamKey, by principal: Principal
    ) async throws(Problem) -> Baton_V1_PushResponse {
        if let only = principal.replica, only != batch.replica {
            throw Problem(
                .forbidden, "the token is for replica \(only); it cannot push for another")
        }
        guard batch.replica != engine.identity.replica else {
            throw Problem(
                .forbidden,
                "replica \(batch.replica) is the server's own; draw a random id of your own")
        }
        guard !revoked.now.covers(batch.replica, of: key.tenant) else {
            throw Problem(
                .forbidden,
                "replica \(batch.replica) was revoked; a new installation has a new one")
        }
        let schemas = self.schemas(of: key)
        let wall = wallClock()
        var body: [UInt8] = []
        var entries: [AppendRequest.Entry] = []
        var tail: Refusal?
        // Only moves, and what adds to a field with a bound, are held against the state: only they
        // pay for it.
        let isHeld = batch.events.contains { $0.hasMoves || schemas.mayCrowd($0.operations) }
        var state = isHeld ? try await states.state(of: key).state : nil
        for (event, encoding) in zip(batch.events, batch.encodings) {
            let ahead = event.timestamp.milliseconds - wall
            if ahead > limits.clockDrift, try await !isKnown(event, in: key) {
                tail = Refusal(
                    .clockDrift,
                    "the timestamp is \(ahead) ms ahead of the server's clock, which reads \(wall); "
                        + "at most \(limits.clockDrift) are allowed: set the clock and stamp anew")
                break
            }
            let start = body.count
            let uncovered = principal.entities.refusal(of: event.operations)
            // A token that is bound to the replica shows what that replica wrote to nobody else.
            let isBlind =
                principal.replica == nil
                && (uncovered != nil || !schemas.shows(event.operations, to: principal.role))
            var refusal =
                uncovered ?? schemas.refusal(of: event.operations, by: principal.role)
                ?? state?.refusal(ofMovesIn: event, schemas: schemas)
            if refusal == nil, let crowding = state?.crowding(by: event, schemas: schemas),
                try await !isExcused(crowding, by: event.context, in: key)
            {
                refusal = crowding.refusal
            }
            state?.apply(
                refusal.map { .void(event.dot, $0) } ?? .event(event), schemas: schemas)
            let void = refusal.map {
                VoidRecord(refusal: $0, digest: Array(SHA256.hash(data: encoding)))
            }
            if let void {
                EventFrames.append(
                    Entry.encodedVoid(void.refusal, digest: void.digest), to: &body)
            } else {
                EventFrames.append(encoding, to: &body)
            }
            entries.append(
                AppendRequest.Entry(
                    length: body.count - start, seen: event.context.seen,
                    beyond: event.context.beyond, void: void, isBlind: isBlind))
        }
        var verdicts: [Verdict] = []
        var head: Offset
        if entries.isEmpty {
            head = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.head(of: key)
            }.offset
        } else {
            let request = AppendRequest(
                replica: batch.replica, firstCounter: batch.firstCounter, body: body,
                entries: entries, receivedAt: wall)
            let result = try await StateCache.asking { () async throws(LogFailure) in
                try await engine.append(request, to: key)
            }
            verdicts = result.verdicts
            head = result.head
            if verdicts.contains(where: \.isMoved) {
                // The answer stands without it; where it fails, the next push brings it about.
                try? await settle(key)
            }
            if let last = batch.events.prefix(entries.count).map(\.timestamp).max() {
                observe(last)
            }
        }
        if let tail, verdicts.allSatisfy(\.isInLog) { verdicts.append(.refused(tail, .start)) }
        while verdicts.count < batch.events.count {
            let why = Refusal(
                .notReached,
                "an earlier event of this push was refused; push this one again after it")
            verdicts.append(.refused(why, .start))
        }
        var response = Baton_V1_PushResponse()
        response.verdicts = verdicts.enumerated().map { index, verdict in
            verdict.message(
                counter: Counter(rawValue: batch.firstCounter.rawValue + UInt64(index)))
        }
        response.head = head.rawValue
        response.serverTime = wall
        return response
    }

    /// Whether an event of that dot is in the log: what has been accepted is not too early any
    /// more, also where the server's clock was set back since (L2).
    private func isKnown(_ event: Event, in key: StreamKey) async throws(Problem) -> Bool {
        let vector = try await StateCache.asking { () async throws(LogFailure) in
            try await engine.vector(of: key, at: Offset(rawValue: largestExactInteger))
        }
        return vector?.covers(event.dot) ?? false
    }
}

extension Verdict {
    /// Whether the event, or the record of its refusal, stands in the log, so that the next one of
    /// its replica can follow.
    fileprivate var isInLog: Bool {
        switch self {
        case .accepted, .duplicate: return true
        case .refused(let refusal, _): return refusal.code.isFinal
        }
    }
}

extension Verdict {
    /// Whether it says that the stream was adopted into another.
    fileprivate var isMoved: Bool {
        guard case .refused(let refusal, _) = self else { return false }
        return refusal.code == .streamMoved
    }
}
