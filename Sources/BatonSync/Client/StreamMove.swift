package import BatonCore

/// A stream that was adopted into another one, where its pending events are to go on.
package struct StreamMove: Sendable, Hashable {
    /// The stream that was adopted.
    package let source: StreamID
    /// The stream that adopted it.
    package let target: StreamID
}

/// The moves of one exchange: each waits until its target has been pulled to the end in a round
/// that began after the move was called for, so that it holds what the adoption brought.
struct StreamMoves: Sendable {
    private enum Stage {
        /// Called for; the target's next round will show the adoption.
        case wanted
        /// The target is asked in the round under way.
        case asked
        /// The target has been pulled.
        case ready
    }

    private var stages: [(move: StreamMove, stage: Stage)] = []

    mutating func want(_ source: StreamID, to target: StreamID) {
        let move = StreamMove(source: source, target: target)
        guard !stages.contains(where: { $0.move == move }) else { return }
        stages.append((move, .wanted))
    }

    /// Takes in which streams the next round asks.
    mutating func begin(_ round: [StreamID]) {
        for index in stages.indices where round.contains(stages[index].move.target) {
            if stages[index].stage == .wanted { stages[index].stage = .asked }
        }
    }

    /// Takes in that a stream stands at its log's end.
    mutating func pulled(_ stream: StreamID) {
        for index in stages.indices where stages[index].move.target == stream {
            if stages[index].stage == .asked { stages[index].stage = .ready }
        }
    }

    /// Takes in that nothing more comes of a stream in this exchange.
    mutating func drop(to target: StreamID) {
        stages.removeAll { $0.move.target == target }
    }

    /// The next move whose target has been pulled.
    mutating func next() -> StreamMove? {
        guard let index = stages.firstIndex(where: { $0.stage == .ready }) else { return nil }
        return stages.remove(at: index).move
    }
}
