import BatonCore
import BatonWire
import GRDB
import Synchronization

extension LocalState {
    /// Whether the server's schemas of this digest have been asked for since the client was opened.
    func hasAsked(for digest: String) -> Bool {
        shown.withLock { $0.askedSchemas.contains(digest) }
    }

    /// The server's schemas of this digest cannot be read by this version of the SDK: they are not asked
    /// for again before the client is opened again.
    func noteAsked(for digest: String) {
        shown.withLock { _ = $0.askedSchemas.insert(digest) }
    }

    /// Takes the server's schemas: stores those that are newer than what is in force, or new, folds
    /// what was kept for them, and shows it, all in one transaction. Returns how many were taken.
    ///
    /// Cancellation: schemas that were handed in are taken whether or not the caller waits.
    func learn(_ learned: SchemaSet, named digest: String) async throws(SyncFailure) -> Int {
        let outcome: Result<Int, SyncFailure> = await withCheckedContinuation { waiter in
            store.run { [self] database in
                do {
                    let count = try take(learned, into: database)
                    noteAsked(for: digest)
                    waiter.resume(returning: .success(count))
                } catch {
                    waiter.resume(
                        returning: .failure(
                            LocalStore.failure(error, "the schemas cannot be stored")))
                }
            }
        }
        return try outcome.get()
    }

    /// Runs on the store's thread, and so beside no other change.
    private func take(_ learned: SchemaSet, into database: Database) throws -> Int {
        let before = schemas
        let after = SchemasInForce(own: before.set, learned: learned)
        let taken = after.set.sorted.filter { before.set[$0.type] != $0 }
        guard !taken.isEmpty else { return 0 }
        var replicas = streams
        for index in replicas.indices {
            replicas[index].putInForce(after.set, digest: after.digest)
        }
        try database.inTransaction(.immediate) {
            for schema in taken {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO schema VALUES (?, ?)
                        ON CONFLICT (type) DO UPDATE SET document = excluded.document
                        """
                ).execute(arguments: [schema.type, Bytes.data(schema.json)])
            }
            for replica in replicas where !replica.changes.isEmpty {
                for row in replica.storeChanges { try row.save(in: database) }
            }
            return .commit
        }
        let visible = replicas.flatMap { replica in
            replica.changes.visible.sorted().map { Change(stream: replica.stream, entity: $0) }
        }
        shown.withLock { shown in
            shown.schemas = after
            for var replica in replicas {
                replica.changes = ReplicaChanges()
                shown.streams[replica.stream] = replica
            }
            // Streams that were opened meanwhile hold nothing yet.
            for (id, var replica) in shown.streams where replica.schemaDigest != after.digest {
                replica.putInForce(after.set, digest: after.digest)
                replica.changes = ReplicaChanges()
                shown.streams[id] = replica
            }
        }
        hub.publish(visible)
        return taken.count
    }
}
