import Foundation
import Synchronization

/// A progress bar on standard error: drawn on a terminal only, and only once a second has passed.
final class ProgressBar: Sendable {
    private struct State {
        var drawnAt: ContinuousClock.Instant?
        var isDrawn = false
    }

    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begun = ContinuousClock.now
    private let state = Mutex(State())

    /// A bar with a label of a word or two.
    init(_ label: String) { self.label = label }

    /// Shows that `done` of `total` are done. Cheap: draws at most ten times a second.
    func show(_ done: Int, of total: Int) {
        guard isTerminal, ContinuousClock.now - begun > .seconds(1) else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if let drawnAt = state.drawnAt, now - drawnAt < .milliseconds(100), done < total {
                return
            }
            state.drawnAt = now
            state.isDrawn = true
            let width = 30
            let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
            let filled = Int(share * Double(width))
            let bar =
                String(repeating: "█", count: filled)
                + String(repeating: "░", count: width - filled)
            let percent = Int(share * 100)
            write("\r\u{1B}[2K\(label) \(bar) \(percent) % (\(done) of \(total))")
        }
    }

    /// Runs `body`, which takes about so long, while the bar shows the time that has passed.
    static func timed<Result>(
        _ label: String, about duration: Duration, _ body: () throws -> Result
    ) rethrows -> Result {
        let bar = ProgressBar(label)
        let total = Int(duration.components.seconds)
        let timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler {
            bar.show(Int((ContinuousClock.now - bar.begun).components.seconds), of: total)
        }
        timer.resume()
        defer {
            timer.cancel()
            bar.end()
        }
        return try body()
    }

    /// Takes the bar away.
    func end() {
        state.withLock { if $0.isDrawn { write("\r\u{1B}[2K") } }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
