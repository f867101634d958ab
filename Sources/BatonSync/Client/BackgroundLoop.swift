import BatonCore
import Synchronization

/// The tasks that sync by themselves, while the client is started.
final class BackgroundLoop: Sendable {
    private struct State {
        var loop: Task<Void, Never>?
    }

    private let state = Mutex(State())
    /// Rung by local writes, live events that call for a sync, and the app.
    let bell = Doorbell()
    /// Rung when a stream was opened or forgotten.
    private let opened = Doorbell()

    func streamOpened() {
        opened.ring()
        bell.ring()
    }

    func streamClosed() { opened.ring() }

    /// Begins, unless it has begun.
    func start(_ client: SyncClient) {
        state.withLock { state in
            guard state.loop == nil else { return }
            let reference = ClientReference(client)
            let pace = Pace(client)
            state.loop = Task { [bell, opened] in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await Self.keepSynced(reference, bell, pace) }
                    if pace.isLive {
                        group.addTask { await Self.keepLive(reference, opened) }
                    }
                }
            }
        }
    }

    /// Ends, and returns when it has ended.
    func stop() async {
        let loop = state.withLock { state in
            defer { state.loop = nil }
            return state.loop
        }
        loop?.cancel()
        await loop?.value
    }

    /// What the loop needs of the options.
    private struct Pace: Sendable {
        let interval: Duration
        let backoff: Backoff
        let clock: any Clock<Duration>
        let random: @Sendable () -> UInt64
        let isLive: Bool

        init(_ client: SyncClient) {
            let options = client.options
            interval = options.interval
            backoff = Backoff(first: options.firstRetry, longest: options.longestRetry)
            clock = options.clock
            random = options.random
            isLive = options.isLive && client.link != nil
        }
    }

    private static func keepSynced(
        _ reference: ClientReference, _ bell: Doorbell, _ pace: Pace
    ) async {
        var failures = 0
        while !Task.isCancelled {
            var pause = pace.interval
            switch await reference.sync() {
            case nil: return
            case .success?: failures = 0
            case .failure(let failure)?:
                failures += 1
                pause = pace.backoff.pause(
                    failures: failures, asked: failure.retryAfter, random: pace.random())
            }
            // After a failure only time helps: every write would hammer a server that is down.
            await wait(pause, on: pace.clock, for: failures == 0 ? bell : nil)
        }
    }

    /// Waits for time or a ring, whichever is first.
    private static func wait(
        _ pause: Duration, on clock: any Clock<Duration>, for bell: Doorbell?
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: pause) }
            if let bell { group.addTask { _ = await bell.wait() } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Keeps a live connection for each stream that is open, up to the limit.
    private static func keepLive(
        _ reference: ClientReference, _ opened: Doorbell
    ) async {
        var feeds: [StreamID: Task<Void, Never>] = [:]
        repeat {
            let streams = reference.client?.streams ?? []
            for (stream, feed) in feeds where !streams.contains(stream) {
                feed.cancel()
                feeds[stream] = nil
            }
            for stream in streams
            where feeds.count < SyncLimits.liveStreams && feeds[stream] == nil {
                feeds[stream] = Task { await LiveFeed(stream: stream, reference: reference).run() }
            }
        } while await opened.wait()
        for feed in feeds.values { feed.cancel() }
        for feed in feeds.values { await feed.value }
    }
}

/// A client that is held only while it works, so that one that was let go ends with its tasks.
final class ClientReference: Sendable {
    weak let client: SyncClient?

    init(_ client: SyncClient) { self.client = client }

    /// Syncs once; `nil` where the client is gone.
    func sync() async -> Result<SyncReport, SyncFailure>? {
        guard let client else { return nil }
        do throws(SyncFailure) {
            return .success(try await client.sync())
        } catch {
            return .failure(error)
        }
    }
}

extension SyncClient {
    /// Begins to sync by itself: at once, after local writes, when another's change is announced,
    /// and every ``SyncOptions/interval``. After failures it waits longer and longer, with jitter.
    /// Returns at once; a second call does nothing. Ends with ``stop()`` or ``close()``.
    public func start() { background.start(self) }

    /// Ends what ``start()`` began, and returns when it has ended. A sync under way is finished first;
    /// what is pending stays pending.
    public func stop() async { await background.stop() }
}
