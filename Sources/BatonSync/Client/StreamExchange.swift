import BatonCore
import BatonWire

/// The exchange of up to a hundred streams with the server, round by round, until nothing is left.
struct StreamExchange {
    let client: SyncClient
    let link: ServerLink
    /// The streams that are not done yet.
    var streams: [StreamID]
    var report = SyncReport()
    var failures: [SyncFailure] = []
    private var obstacles: [StreamID: PushOutcome.Obstacle] = [:]
    private var healed: Set<StreamID> = []
    private var hasAskedForSchemas = false
    private var pushBytes = SyncLimits.pushBytes
    private var pushEvents = SyncLimits.pushEvents

    init(client: SyncClient, link: ServerLink, streams: [StreamID]) {
        self.client = client
        self.link = link
        self.streams = streams
    }

    mutating func run() async throws(SyncFailure) {
        var idleRounds = 0
        for _ in 0..<SyncLimits.rounds {
            guard !streams.isEmpty else { return }
            if Task.isCancelled {
                throw SyncFailure(.closed, "the client was closed during the sync")
            }
            let isProgress = try await round()
            idleRounds = isProgress ? 0 : idleRounds + 1
            if idleRounds >= SyncLimits.idleRounds { break }
        }
        guard let stream = streams.first else { return }
        throw SyncFailure(
            .notSettled,
            "\(streams.count) streams did not come to an end with the server; trying again later",
            cause: obstacles[stream].map { String(describing: $0) }, stream: stream)
    }

    /// One round trip. Returns whether it brought anything on.
    private mutating func round() async throws(SyncFailure) -> Bool {
        let asks = self.asks()
        report.roundTrips += 1
        let answer: Baton_V1_SyncResponse
        do {
            answer = try await link.sync(asks)
        } catch  where error.problem == "body-too-large" || error.problem == "too-many-events" {
            guard pushEvents > 1 else { throw error }
            pushEvents = max(1, min(pushEvents, asks.map(\.count).max() ?? 1) / 2)
            pushBytes /= 2
            return true
        }
        streams = []
        var isProgress = await learnSchemas(from: answer)
        for (ask, result) in zip(asks, answer.streams) {
            do throws(SyncFailure) {
                let step = try await take(result, ask, serverTime: answer.serverTime)
                isProgress = isProgress || step.isProgress
                report.add(step.report)
                obstacles[ask.stream] = step.obstacle
                if try await goesOn(after: step.next, ask) { streams.append(ask.stream) }
            } catch {
                failures.append(error)
            }
        }
        return isProgress
    }

    /// Where the server has other schemas than this client, takes them before their state hashes are
    /// looked at. A failure is no reason to sync less: unknown things are kept (section 4.5).
    private mutating func learnSchemas(from answer: Baton_V1_SyncResponse) async -> Bool {
        let ours = client.local.schemas.digest.description
        let others = answer.streams.map(\.pulled.schemas).first {
            !$0.isEmpty && $0 != ours && !client.local.hasAsked(for: $0)
        }
        guard let others, !hasAskedForSchemas else { return false }
        hasAskedForSchemas = true
        report.roundTrips += 1
        guard let learned = try? await link.schemas() else { return false }
        guard let count = try? await client.local.learn(learned, named: others) else {
            return false
        }
        report.schemas += count
        return count > 0
    }

    /// What each stream asks; what is pushed shares the room of one body.
    private func asks() -> [SyncAsk] {
        var bytes = pushBytes
        var events = pushEvents
        return streams.map { id in
            let replica = client.local.stream(id)
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

    private func take(
        _ result: Baton_V1_StreamSyncResult, _ ask: SyncAsk, serverTime: Int64
    ) async throws(SyncFailure) -> SyncStep {
        if result.hasProblem {
            let failure = Problem.failure(of: result.problem)
            guard failure.problem == "invalid-cursor" else {
                throw SyncFailure(
                    failure.code, failure.message, cause: failure.cause, problem: failure.problem,
                    stream: ask.stream)
            }
            var step = SyncStep()
            step.next = .rebase
            return step
        }
        let newID = client.options.drawReplica()
        let previous = obstacles[ask.stream]
        let rawWall = client.options.wallClock()
        return try await client.local.change(ask.stream) { replica, installation in
            try replica.takeIn(
                result, on: ask, wall: rawWall + installation.clockCorrection,
                serverTime: serverTime, previous: previous, newID: newID,
                installation: &installation)
        }
    }

    /// Does what a step asks for; returns whether the stream has more to exchange.
    private mutating func goesOn(
        after next: SyncStep.Next, _ ask: SyncAsk
    ) async throws(SyncFailure) -> Bool {
        switch next {
        case .done: return false
        case .again: return true
        case .fail(let failure): throw failure
        case .heal(let ours, let theirs):
            guard healed.insert(ask.stream).inserted else {
                throw SyncFailure(
                    .stateMismatch,
                    "the state's hash still differs from the server's after a snapshot was taken; "
                        + "this version and the server merge differently: update the app",
                    cause: "ours \(ours), the server's \(theirs)", stream: ask.stream)
            }
            try await heal(ask.stream)
            report.healed.append(.stateReplaced(stream: ask.stream, ours: ours, theirs: theirs))
        case .rebase: try await rebase(ask.stream)
        }
        report.snapshots += 1
        return true
    }

    private mutating func heal(_ stream: StreamID) async throws(SyncFailure) {
        let (state, cursor) = try await snapshot(of: stream)
        try await client.local.change(stream) { replica, _ in
            // What was pulled meanwhile (by a live event) is newer, and is checked in its turn.
            guard state.offset >= replica.confirmed.offset else { return }
            replica.replaceConfirmed(with: state, cursor: cursor)
        }
    }

    private mutating func rebase(_ stream: StreamID) async throws(SyncFailure) {
        guard healed.insert(stream).inserted else {
            throw SyncFailure(
                .notSettled, "the server's log changes under this client's hands", stream: stream)
        }
        let (state, cursor) = try await snapshot(of: stream)
        let newID = client.options.drawReplica()
        let count = try await client.local.change(stream) { replica, installation in
            if installation.replica == replica.replica { installation.replica = newID }
            return replica.rebase(on: state, cursor: cursor, as: installation.replica)
        }
        report.healed.append(.logReplaced(stream: stream, reissued: count))
    }

    private mutating func snapshot(
        of stream: StreamID
    ) async throws(SyncFailure) -> (StreamState, String) {
        report.roundTrips += 1
        let message = try await link.snapshot(stream)
        let state: StreamState
        do {
            state = try StreamState(message.state, offset: Offset(rawValue: message.offset))
        } catch {
            throw SyncFailure(
                .unexpectedAnswer, "the server's snapshot cannot be read",
                cause: error.description, stream: stream)
        }
        let ours = StateHash(of: state).description
        guard ours == message.stateHash else {
            throw SyncFailure(
                .stateMismatch, "the server's snapshot does not have the hash that it names",
                cause: "ours \(ours), the server's \(message.stateHash)", stream: stream)
        }
        return (state, message.cursor)
    }
}

extension SyncAsk {
    fileprivate var count: Int { batch?.encodings.count ?? 0 }
}
