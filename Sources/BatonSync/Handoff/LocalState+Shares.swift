import BatonCore
import GRDB
import Synchronization

extension LocalState {
    /// What was handed to this device of a stream, if anything.
    func share(of id: StreamID) -> StreamShare? { shown.withLock { $0.shares[id] } }

    /// Takes what was handed over, stores it, and opens the stream. In place of what was handed over
    /// before.
    ///
    /// Cancellation: a share that was handed in is stored whether or not the caller waits.
    func take(_ share: StreamShare, of id: StreamID) async throws(SyncFailure) {
        let outcome: Result<Void, SyncFailure> = await withCheckedContinuation { waiter in
            store.run { [self] database in
                do {
                    try database.execute(
                        sql: """
                            INSERT INTO shared VALUES (?, ?, ?, ?)
                            ON CONFLICT (stream) DO UPDATE SET token = excluded.token,
                                expires = excluded.expires, entities = excluded.entities
                            """,
                        arguments: [
                            id.description, share.token, share.expires,
                            share.entities.joined(separator: " "),
                        ])
                    shown.withLock { $0.shares[id] = share }
                    _ = open(id)
                    waiter.resume(returning: .success(()))
                } catch {
                    waiter.resume(
                        returning: .failure(
                            LocalStore.failure(error, "what was claimed cannot be stored")))
                }
            }
        }
        try outcome.get()
    }
}
