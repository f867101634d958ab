import NIOCore
import Synchronization

/// Closes connections whose clients have stopped to read in the middle of an answer.
///
/// Such an answer's bytes would be held for ever. A client that comes again goes on where it
/// stood: pulls have cursors, and so have live answers (`Last-Event-ID`).
final class StallWatch: Sendable {
    private struct Write {
        let channel: any Channel
        let since: ContinuousClock.Instant
    }

    private struct State {
        var writes: [Int: Write] = [:]
        var lastID = 0
        var closed = 0
    }

    private let patience: Duration
    private let state = Mutex(State())

    /// Waits so many seconds for a piece to be taken.
    init(seconds: Int) { patience = .seconds(seconds) }

    /// How many connections were closed so far.
    var closed: Int { state.withLock { $0.closed } }

    /// Notes that a piece is being written; the number that comes back ends the watch.
    func begin(on channel: any Channel) -> Int {
        state.withLock { state in
            state.lastID += 1
            state.writes[state.lastID] = Write(channel: channel, since: .now)
            return state.lastID
        }
    }

    /// Notes that the piece was taken, or that it will never be.
    func end(_ id: Int) {
        _ = state.withLock { $0.writes.removeValue(forKey: id) }
    }

    /// Looks now and then until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: patience / 4)) != nil { sweep() }
    }

    private func sweep() {
        let now = ContinuousClock.now
        let stalled = state.withLock { state in
            let stalled = state.writes.filter { now - $0.value.since > patience }
            for id in stalled.keys { state.writes[id] = nil }
            state.closed += stalled.count
            return stalled.values.map(\.channel)
        }
        for channel in stalled { channel.close(promise: nil) }
    }
}
