import BatonCore
import GRDB
import Synchronization

extension LocalState {
    /// Erases a stream, in memory and on disk. Fails, with nothing erased, where events wait and may
    /// not be lost; `cause` is why they could not be sent.
    func forget(
        _ id: StreamID, losingUnsent: Bool, cause: SyncFailure?
    ) async throws(SyncFailure) -> [UnsentWrite] {
        guard !isClosed else { throw SyncFailure(.closed, "the client is closed: open it again") }
        let outcome: Result<[UnsentWrite], SyncFailure> = await withCheckedContinuation { waiter in
            store.run { [self] database in
                do {
                    let lost = try erase(
                        id, losingUnsent: losingUnsent, cause: cause, in: database)
                    waiter.resume(returning: .success(lost))
                } catch {
                    waiter.resume(
                        returning: .failure(
                            LocalStore.failure(error, "\(id) cannot be erased")))
                }
            }
        }
        return try outcome.get()
    }

    /// Runs on the store's thread, and so beside no change.
    private func erase(
        _ id: StreamID, losingUnsent: Bool, cause: SyncFailure?, in database: Database
    ) throws -> [UnsentWrite] {
        let replica = shown.withLock { $0.streams[id] }
        if let replica, replica.isWaiting, !losingUnsent {
            throw SyncFailure(
                .wouldLose,
                "\(replica.waitingCount) writes are in no log yet and would be lost with \(id): sync "
                    + "first, or say that they may be lost",
                cause: cause.map(\.description), stream: id)
        }
        try database.inTransaction(.immediate) {
            try StoreErasure.erase(id, in: database)
            return .commit
        }
        shown.withLock { shown in
            shown.streams[id] = nil
            shown.shares[id] = nil
        }
        hub.publish(
            (replica?.view.entities.keys.sorted() ?? []).map { Change(stream: id, entity: $0) })
        try StoreErasure.finish(in: database)
        return replica?.unsentWrites ?? []
    }
}
