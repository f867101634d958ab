import BatonCore
import BatonWire

/// Carries an ``ExchangePlan`` out: sends what it asks, and stores what came of it.
struct StreamExchange {
    let client: SyncClient
    let link: ServerLink
    private(set) var plan: ExchangePlan

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
            for (ask, result) in zip(asks, answer.streams) {
                do throws(SyncFailure) {
                    plan.take(try await take(result, ask, answer.serverTime), on: ask)
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
        }
    }

    private func take(
        _ result: Baton_V1_StreamSyncResult, _ ask: SyncAsk, _ serverTime: Int64
    ) async throws(SyncFailure) -> SyncStep {
        let newID = client.options.drawReplica()
        let previous = plan.obstacle(of: ask.stream)
        let rawWall = client.options.wallClock()
        return try await client.local.change(ask.stream) { replica, installation in
            try replica.takeIn(
                answer: result, on: ask, wall: rawWall + installation.clockCorrection,
                serverTime: serverTime, previous: previous, newID: newID,
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
