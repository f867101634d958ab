import BatonCore

/// A few read-only connections, each with a thread of its own, that share one queue.
final class Readers: Sendable {
    private let mailbox = Mailbox<@Sendable (Connection) -> Void>(count: LogLimits.waitingReads)
    private let workers: [Worker]

    /// Opens `count` connections to the file at `path`.
    init(path: String, count: Int) throws(LogFailure) {
        var connections: [Connection] = []
        for _ in 0..<count { connections.append(try Connection(path: path, access: .read)) }
        workers = connections.enumerated().map { [mailbox] index, connection in
            Worker("baton-log-reader-\(index)") {
                while let job = mailbox.takeFirst() { job(connection) }
                connection.close()
            }
        }
    }

    /// What `body` reads, in one transaction: all from the same moment.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(LogFailure) -> Value
    ) async throws(LogFailure) -> Value {
        try await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, LogFailure>, Never>) in
            let offer = mailbox.offer { connection in
                continuation.resume(returning: Self.read(connection, body))
            }
            switch offer {
            case .taken: break
            case .full:
                continuation.resume(
                    returning: .failure(
                        LogFailure(
                            .overloaded,
                            "\(LogLimits.waitingReads) reads wait: try again after a moment")))
            case .closed: continuation.resume(returning: .failure(.closed))
            }
        }.get()
    }

    private static func read<Value>(
        _ connection: Connection, _ body: (Connection) throws(LogFailure) -> Value
    ) -> Result<Value, LogFailure> {
        do throws(LogFailure) {
            try connection.run(.beginReading)
            let value = try body(connection)
            try connection.run(.commit)
            return .success(value)
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            return .failure(error)
        }
    }

    /// Takes no more reads; those that wait are still answered.
    func close() { mailbox.close() }

    /// Returns once all reads are answered and the connections closed.
    func finished() async {
        for worker in workers { await worker.finished() }
    }
}
