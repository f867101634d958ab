package import BatonCore
import BatonWire

/// The exchange of up to a hundred streams with the server, round by round, until nothing is left:
/// what to ask next, given what was answered.
///
/// A value that sends and stores nothing: a client carries it out over a network, a simulation over
/// whatever it makes up.
package struct ExchangePlan: Sendable {
    /// A snapshot that must be fetched and taken before the next round.
    package struct SnapshotWanted: Sendable {
        /// What it is for.
        package enum Purpose: Sendable {
            /// The state's hash is not the server's.
            case heal(ours: String, theirs: String)
            /// The server's log lacks what it had accepted.
            case rebase
        }

        /// Which stream it is.
        package let stream: StreamID
        /// What it is for.
        package let purpose: Purpose
    }

    /// What was done so far.
    package private(set) var report = SyncReport()
    /// Why streams were given up, in the order in which they were.
    package private(set) var failures: [SyncFailure] = []
    /// The streams that are not done yet.
    private var streams: [StreamID]
    private var snapshots: [SnapshotWanted] = []
    private var obstacles: [StreamID: PushOutcome.Obstacle] = [:]
    private var healed: Set<StreamID> = []
    private var moves = StreamMoves()
    private var pushBytes = SyncLimits.pushBytes
    private var pushEvents = SyncLimits.pushEvents
    private var rounds = 0
    private var idleRounds = 0
    private var isProgress = true

    /// Begins with these streams.
    package init(_ streams: [StreamID]) { self.streams = streams }

    /// What to send next; `nil` once nothing is left. Fails where the exchange comes to no end.
    package mutating func nextRound(
        _ stream: (StreamID) -> StreamReplica
    ) throws(SyncFailure) -> [SyncAsk]? {
        guard let first = streams.first else { return nil }
        idleRounds = isProgress ? 0 : idleRounds + 1
        guard idleRounds < SyncLimits.idleRounds, rounds < SyncLimits.rounds else {
            throw SyncFailure(
                .notSettled,
                "\(streams.count) streams did not come to an end with the server; trying again later",
                cause: obstacles[first].map { String(describing: $0) }, stream: first)
        }
        rounds += 1
        report.roundTrips += 1
        isProgress = false
        let round = Array(streams.prefix(SyncLimits.streamsPerCall))
        streams.removeFirst(round.count)
        moves.begin(round)
        return asks(round, stream)
    }

    /// What each stream asks; what is pushed shares the room of one body.
    private func asks(
        _ round: [StreamID], _ stream: (StreamID) -> StreamReplica
    ) -> [SyncAsk] {
        var bytes = pushBytes
        var events = pushEvents
        return round.map { id in
            let replica = stream(id)
            let batch =
                bytes > 0 && events > 0 ? replica.outgoing(events: events, bytes: bytes) : nil
            if let batch {
                bytes -= batch.encodings.reduce(0) { $0 + $1.count }
                events -= batch.encodings.count
            }
            return SyncAsk(
                stream: id, replica: replica.replica, cursor: replica.cursor, batch: batch)
        }
    }

    /// Takes in that a round was not answered. What was too large is sent again in smaller parts;
    /// everything else ends the exchange.
    package mutating func take(_ failure: SyncFailure, on asks: [SyncAsk]) throws(SyncFailure) {
        guard failure.problem == "body-too-large" || failure.problem == "too-many-events",
            pushEvents > 1
        else { throw failure }
        pushEvents = max(1, min(pushEvents, asks.map(\.count).max() ?? 1) / 2)
        pushBytes /= 2
        for ask in asks { goOn(with: ask.stream) }
        isProgress = true
    }

    /// Takes in that the server's schemas were asked for, and how many were taken.
    package mutating func tookSchemas(_ count: Int) {
        report.roundTrips += 1
        report.schemas += count
        isProgress = isProgress || count > 0
    }

    /// What stood in a stream's way one round before.
    package func obstacle(of stream: StreamID) -> PushOutcome.Obstacle? { obstacles[stream] }

    /// Takes in what came of a stream's part of an answer.
    package mutating func take(_ step: SyncStep, on ask: SyncAsk) {
        isProgress = isProgress || step.isProgress
        report.add(step.report)
        obstacles[ask.stream] = step.obstacle
        switch step.next {
        case .done: moves.pulled(ask.stream)
        case .again: goOn(with: ask.stream)
        case .fail(let failure): giveUp(ask.stream, failure)
        case .heal(let ours, let theirs):
            want(.heal(ours: ours, theirs: theirs), for: ask.stream)
        case .rebase: want(.rebase, for: ask.stream)
        case .move(let target):
            moves.want(ask.stream, to: target)
            goOn(with: target)
        }
    }

    private mutating func goOn(with stream: StreamID) {
        if !streams.contains(stream) { streams.append(stream) }
    }

    /// The next stream whose pending events are to be taken over by the one that adopted it, which
    /// has been pulled by now; if any.
    package mutating func nextMove() -> StreamMove? { moves.next() }

    /// Takes in how many pending events were taken over; `nil` where the adopting stream does not
    /// hold yet what the adoption is to bring, or was written to meanwhile.
    package mutating func moved(_ move: StreamMove, reissued: Int?) {
        guard let reissued else {
            failures.append(
                SyncFailure(
                    .streamMoved,
                    "\(move.source) is being adopted into \(move.target); trying again later",
                    stream: move.source))
            return
        }
        isProgress = true
        report.healed.append(
            .streamMoved(from: move.source, to: move.target, reissued: reissued))
        goOn(with: move.source)
        goOn(with: move.target)
    }

    /// Takes in that a stream cannot go on for this time.
    package mutating func giveUp(_ stream: StreamID, _ failure: SyncFailure) {
        failures.append(failure)
        // What would go on in this stream waits for the next sync where it is.
        moves.drop(to: stream)
    }

    private mutating func want(_ purpose: SnapshotWanted.Purpose, for stream: StreamID) {
        guard healed.insert(stream).inserted else {
            failures.append(purpose.failure(of: stream))
            return
        }
        snapshots.append(SnapshotWanted(stream: stream, purpose: purpose))
    }

    /// The next snapshot to fetch before the next round, if any.
    package mutating func nextSnapshot() -> SnapshotWanted? {
        guard !snapshots.isEmpty else { return nil }
        report.roundTrips += 1
        return snapshots.removeFirst()
    }

    /// Takes in that a snapshot was taken; the stream goes on.
    package mutating func mended(_ stream: StreamID, _ trouble: HealedTrouble) {
        report.healed.append(trouble)
        report.snapshots += 1
        goOn(with: stream)
    }
}

extension ExchangePlan.SnapshotWanted.Purpose {
    /// Why a second snapshot in one exchange is of no use.
    fileprivate func failure(of stream: StreamID) -> SyncFailure {
        switch self {
        case .heal(let ours, let theirs):
            return SyncFailure(
                .stateMismatch,
                "the state's hash still differs from the server's after a snapshot was taken; "
                    + "this version and the server merge differently: update the app",
                cause: "ours \(ours), the server's \(theirs)", stream: stream)
        case .rebase:
            return SyncFailure(
                .notSettled, "the server's log changes under this client's hands", stream: stream)
        }
    }
}

extension SyncAsk {
    fileprivate var count: Int { batch?.encodings.count ?? 0 }
}
