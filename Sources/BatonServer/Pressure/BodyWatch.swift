import NIOCore
import Synchronization

/// Closes connections whose clients do not send what they have begun to: the body of a request would be
/// held, and waited for, for ever.
final class BodyWatch: Sendable {
    private struct Body {
        let channel: any Channel
        let since: ContinuousClock.Instant
    }

    private struct State {
        var bodies: [Int: Body] = [:]
        var lastID = 0
        var closed = 0
    }

    private let patience: Duration
    private let state = Mutex(State())

    /// Waits so many seconds for a body.
    init(seconds: Int) { patience = .seconds(seconds) }

    /// How many connections were closed so far.
    var closed: Int { state.withLock { $0.closed } }

    /// Notes that a body is being read; the number that comes back ends the watch.
    func begin(on channel: any Channel) -> Int {
        state.withLock { state in
            state.lastID += 1
            state.bodies[state.lastID] = Body(channel: channel, since: .now)
            return state.lastID
        }
    }

    /// Notes that it has come, or is waited for no longer.
    func end(_ id: Int) {
        _ = state.withLock { $0.bodies.removeValue(forKey: id) }
    }

    /// Looks now and then until the task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: patience / 4)) != nil { sweep() }
    }

    private func sweep() {
        let now = ContinuousClock.now
        let slow = state.withLock { state in
            let slow = state.bodies.filter { now - $0.value.since > patience }
            for id in slow.keys { state.bodies[id] = nil }
            state.closed += slow.count
            return slow.values.map(\.channel)
        }
        for channel in slow { channel.close(promise: nil) }
    }
}
