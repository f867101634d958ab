import BatonCore
import BatonWire

/// Takes in a stream's changes as the server announces them, and connects anew when it is cut off.
struct LiveFeed: Sendable {
    let stream: StreamID
    let reference: ClientReference

    func run() async {
        var failures = 0
        while !Task.isCancelled {
            var asked: Duration?
            do {
                let isAlive = try await follow()
                failures = isAlive ? 1 : failures + 1
            } catch {
                failures += 1
                asked = (error as? SyncFailure)?.retryAfter
            }
            guard let pause = pause(failures, asked) else { return }
            try? await pause.clock.sleep(for: pause.duration)
        }
    }

    private func pause(
        _ failures: Int, _ asked: Duration?
    ) -> (duration: Duration, clock: any Clock<Duration>)? {
        guard let options = reference.client?.options else { return nil }
        let backoff = Backoff(first: options.firstRetry, longest: options.longestRetry)
        return (
            backoff.pause(failures: failures, asked: asked, random: options.random()),
            options.clock
        )
    }

    /// One connection, from its beginning to its end. Returns whether it brought anything.
    private func follow() async throws -> Bool {
        guard let reply = try await connect() else { return false }
        var reader = ServerSentEventReader()
        var isAlive = false
        for try await piece in reply.body {
            isAlive = true
            for event in try reader.read(piece) where event.kind == "pull" {
                guard let client = reference.client else { return isAlive }
                try await take(event, client)
            }
        }
        return isAlive
    }

    private func connect() async throws(SyncFailure) -> LiveReply? {
        guard let client = reference.client, let link = client.link(for: stream) else { return nil }
        let replica = client.local.stream(stream)
        return try await link.live(stream, after: replica.cursor, replica: replica.replica)
    }

    private func take(_ event: ServerSentEvent, _ client: SyncClient) async throws {
        let pull = try AnswerJSON.decode(Baton_V1_PullResponse.self, from: event.data)
        let wall = client.options.wallClock()
        let needsSync = try await client.local.change(stream) { replica, installation in
            let outcome = try replica.takeIn(
                pull, asked: nil, wall: wall + installation.clockCorrection)
            let isOff = outcome.obstacle != nil || outcome.isCloned || outcome.mismatch != nil
            return isOff || outcome.otherSchemas.map { !client.local.hasAsked(for: $0) } ?? false
        }
        client.showCounts()
        // Whatever does not follow by itself is for a sync to mend.
        if needsSync { client.background.bell.ring() }
    }
}
