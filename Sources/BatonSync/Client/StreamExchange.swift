import BatonCore
import BatonWire

/// Carries an ``ExchangePlan`` out: sends what it asks, and stores what came of it.
struct StreamExchange {
    let client: SyncClient
    let link: ServerLink
    private(set) var plan: ExchangePlan
    private var hasAskedForSchemas = false

    init(client: SyncClient, link: ServerLink, streams: [StreamID]) {
        self.client = client
        self.link = link
        plan = ExchangePlan(streams)
    }

    mutating func run() async throws(SyncFailure) {
        let local = client.local
        while let asks = try plan.nextRound({ local.stream($0) }) {
            if Task.isCancelled {
                throw SyncFailure(.closed, "the client was closed during the sync")
            }
            let answer: Baton_V1_SyncResponse
            do {
                answer = try await link.sync(asks)
            } catch {
                try plan.take(error, on: asks)
                continue
            }
            await learnSchemas(from: answer)
            for (ask, result) in zip(asks, answer.streams) {
                do throws(SyncFailure) {
                    plan.take(try await take(result, ask, answer.serverTime), on: ask)
                } catch  where error.code == .streamForgotten {
                    // Erased while it was asked for: there is nothing left to do.
                    continue
                } catch {
                    plan.giveUp(ask.stream, error)
                }
            }
            while let wanted = plan.nextSnapshot() {
                do throws(SyncFailure) {
                    let message = try await link.snapshot(wanted.stream)
                    try await take(message, for: wanted)
                } catch {
                    plan.giveUp(wanted.stream, error)
                }
            }
            while let move = plan.nextMove() {
                do throws(SyncFailure) {
                    plan.moved(move, reissued: try await carryOut(move))
                } catch {
                    plan.giveUp(move.source, error)
                }
            }
        }
    }

    /// Where the server has other schemas than this client, takes them before their state hashes are
    /// looked at. A failure is no reason to sync less: unknown things are kept (section 4.5).
    private mutating func learnSchemas(from answer: Baton_V1_SyncResponse) async {
        let ours = client.local.schemas.digest.description
        let others = answer.streams.map(\.pulled.schemas).first {
            !$0.isEmpty && $0 != ours && !client.local.hasAsked(for: $0)
        }
        guard let others, !hasAskedForSchemas else { return }
        hasAskedForSchemas = true
        var taken = 0
        do {
            let learned = try await link.schemas()
            client.board.change { $0.needsUpdate = learned == nil }
            if let learned {
                taken = try await client.local.learn(learned, named: others)
            } else {
                client.local.noteAsked(for: others)
            }
        } catch {
            // They are asked for again with the next sync.
        }
        plan.tookSchemas(taken)
    }

    private func take(
        _ result: Baton_V1_StreamSyncResult, _ ask: SyncAsk, _ serverTime: Int64
    ) async throws(SyncFailure) -> SyncStep {
        let newID = client.options.drawReplica()
        let previous = plan.obstacle(of: ask.stream)
        let rawWall = client.options.wallClock()
        let step = try await client.local.change(ask.stream) { replica, installation in
            try replica.takeIn(
                answer: result, on: ask, wall: rawWall + installation.clockCorrection,
                serverTime: serverTime, previous: previous, newID: newID,
                installation: &installation)
        }
        if case .move(let target) = step.next { client.local.open(target) }
        return step
    }

    private func carryOut(_ move: StreamMove) async throws(SyncFailure) -> Int? {
        let newID = client.options.drawReplica()
        let rawWall = client.options.wallClock()
        return try await client.local.change(move.source, move.target) {
            source, target, installation in
            target.takeOver(
                from: &source, wall: rawWall + installation.clockCorrection, newID: newID,
                installation: &installation)
        }
    }

    private mutating func take(
        _ message: Baton_V1_Snapshot, for wanted: ExchangePlan.SnapshotWanted
    ) async throws(SyncFailure) {
        let newID = client.options.drawReplica()
        let trouble = try await client.local.change(wanted.stream) { replica, installation in
            try replica.takeIn(message, for: wanted, newID: newID, installation: &installation)
        }
        plan.mended(wanted.stream, trouble)
    }
}
