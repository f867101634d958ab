import Synchronization

/// Whose turn it is to copy pages from the write-ahead log into the file: the checkpointer's, or,
/// when that log has grown long, the writer's. SQLite answers the second one with SQLITE_BUSY
/// without waiting, hence a lock of our own.
final class CheckpointTurn: Sendable {
    private let turn = Mutex(())
    private let commits = Atomic<Int>(0)

    /// Notes that there are pages to copy.
    func noteCommit() { commits.add(1, ordering: .relaxed) }

    /// Commits noted so far.
    var commitCount: Int { commits.load(ordering: .relaxed) }

    /// Runs `body` while no other has the turn.
    func take<Result>(_ body: () -> Result) -> Result { turn.withLock { _ in body() } }
}

/// A thread that copies committed pages into the file beside the writer, so that no commit does.
enum Checkpointer {
    /// Looks every so many seconds whether there is something to copy, until `stop` is closed.
    static func run(
        _ connection: Connection, every seconds: Double, turn: CheckpointTurn,
        until stop: Mailbox<Void>
    ) {
        var copied = -1
        while case .nothing = stop.takeAll(within: seconds) {
            let commits = turn.commitCount
            guard commits != copied else { continue }
            // A failure here costs nothing but space: the pages stay where they are, durable, and
            // the next round tries again.
            let isDone = turn.take { (try? connection.checkpoint(.passive)) ?? false }
            if isDone { copied = commits }
        }
        connection.close()
    }
}
