import BatonCore
import Synchronization

/// Lets one sync run at a time. A call that comes meanwhile joins the next one, with all others that
/// do: it cannot join the one under way, which may have read the outbox before the caller's write.
final class SyncGate: Sendable {
    /// Which streams to sync: all of them for `nil`.
    private typealias Run = Task<SyncReport, any Error>

    private struct State {
        var running: Run?
        var next: (run: Run, streams: Box)?
        var isClosed = false
    }

    /// The streams of the next run, until it starts.
    private final class Box: Sendable {
        let streams: Mutex<Set<StreamID>?>
        init(_ streams: Set<StreamID>?) { self.streams = Mutex(streams) }
    }

    private let state = Mutex(State())

    /// Runs `sync` for the streams, or joins the next run, which is widened to them.
    func run(
        _ streams: Set<StreamID>?,
        _ sync: @escaping @Sendable (Set<StreamID>?) async throws(SyncFailure) -> SyncReport
    ) async throws(SyncFailure) -> SyncReport {
        let run: Run? = state.withLock { state in
            if state.isClosed { return nil }
            guard let running = state.running else {
                let run = start(after: nil, Box(streams), sync)
                state.running = run
                return run
            }
            if let next = state.next {
                next.streams.streams.withLock { wanted in
                    guard let streams, let others = wanted else {
                        wanted = nil
                        return
                    }
                    wanted = others.union(streams)
                }
                return next.run
            }
            let box = Box(streams)
            let run = start(after: running, box, sync)
            state.next = (run, box)
            return run
        }
        guard let run else { throw SyncFailure(.closed, "the client is closed: open it again") }
        do {
            return try await run.value
        } catch {
            throw SyncFailure.wrapping(error, as: .offline, "the sync was cut short")
        }
    }

    /// Cancels what is under way and lets nothing more begin.
    func close() async {
        let runs = state.withLock { state in
            state.isClosed = true
            return [state.running, state.next?.run].compactMap { $0 }
        }
        for run in runs { run.cancel() }
        for run in runs { _ = await run.result }
    }

    private func start(
        after previous: Run?, _ box: Box,
        _ sync: @escaping @Sendable (Set<StreamID>?) async throws(SyncFailure) -> SyncReport
    ) -> Run {
        Task {
            if let previous {
                _ = await previous.result
            }
            let streams = promote(ifNext: previous != nil, box)
            defer { finish() }
            return try await sync(streams)
        }
    }

    /// Makes the next run the one under way; nobody can join it any more.
    private func promote(ifNext isNext: Bool, _ box: Box) -> Set<StreamID>? {
        if isNext {
            state.withLock { state in
                state.running = state.next?.run
                state.next = nil
            }
        }
        return box.streams.withLock { $0 }
    }

    private func finish() {
        state.withLock { state in
            // A next run takes the place itself when it starts.
            if state.next == nil { state.running = nil }
        }
    }
}
