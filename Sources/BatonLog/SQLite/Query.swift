/// Every statement of the log's hot paths, prepared once a connection.
///
/// All of them name tenant and stream, and all of them are served by an index: a test asks SQLite
/// for their plans.
enum Query: CaseIterable {
    case tenant, addTenant
    case stream, addStream, saveStream, moveHorizon
    case streamByName, streamsAfter
    case replica, replicas, addReplica, saveReplica, moveReplicaHorizon
    case addChunk, chunksFrom, chunksOfReplica, chunkHeaders, chunkBefore, dropChunks
    case addVoid, voids
    case remembered, remember, forgetOld
    case snapshot, snapshotOffset, storeSnapshot
    case beginReading, beginWriting, commit, dataVersion

    /// The text, with its parameters by number.
    var sql: String {
        switch self {
        case .tenant: "SELECT id FROM tenant WHERE name = ?1"
        case .addTenant: "INSERT INTO tenant (name) VALUES (?1)"
        case .stream:
            "SELECT id, head, horizon, chain, moved_to FROM stream WHERE tenant = ?1 AND name = ?2"
        case .addStream:
            """
            INSERT INTO stream (tenant, name, head, horizon, chain, horizon_chain, updated_at)
            VALUES (?1, ?2, 0, 0, ?3, ?3, 0)
            """
        case .saveStream:
            """
            UPDATE stream SET head = ?3, chain = ?4, updated_at = ?5, moved_to = ?6
            WHERE tenant = ?1 AND id = ?2
            """
        case .moveHorizon:
            "UPDATE stream SET horizon = ?3, horizon_chain = ?4 WHERE tenant = ?1 AND id = ?2"
        case .streamByName:
            """
            SELECT s.tenant, s.id, s.head, s.horizon, s.chain, s.horizon_chain, s.moved_to
            FROM tenant t JOIN stream s ON s.tenant = t.id WHERE t.name = ?1 AND s.name = ?2
            """
        case .streamsAfter:
            """
            SELECT s.name, s.head, s.horizon, s.updated_at,
                (SELECT count(*) FROM replica r WHERE r.tenant = s.tenant AND r.stream = s.id)
            FROM tenant t JOIN stream s ON s.tenant = t.id
            WHERE t.name = ?1 AND s.name > ?2 ORDER BY s.name LIMIT ?3
            """
        case .replica:
            """
            SELECT id, counter, horizon_counter FROM replica
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3
            """
        case .replicas:
            """
            SELECT id, replica, counter, horizon_counter FROM replica
            WHERE tenant = ?1 AND stream = ?2
            """
        case .addReplica:
            """
            INSERT INTO replica (tenant, stream, replica, counter, horizon_counter)
            VALUES (?1, ?2, ?3, 0, 0)
            """
        case .saveReplica:
            "UPDATE replica SET counter = ?4 WHERE tenant = ?1 AND stream = ?2 AND id = ?3"
        case .moveReplicaHorizon:
            """
            UPDATE replica SET horizon_counter = ?4
            WHERE tenant = ?1 AND stream = ?2 AND id = ?3 AND horizon_counter < ?4
            """
        case .addChunk:
            """
            INSERT INTO chunk
                (tenant, stream, offset, count, replica, counter, received_at, chain, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """
        case .chunksFrom:
            """
            SELECT r.replica, c.counter, c.offset, c.count, c.received_at, c.body, c.chain
            FROM chunk c CROSS JOIN replica r ON r.id = c.replica AND r.tenant = c.tenant
            WHERE c.tenant = ?1 AND c.stream = ?2 AND c.offset >= coalesce(
                (SELECT max(offset) FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3),
                0)
            ORDER BY c.offset
            """
        case .chunksOfReplica:
            """
            SELECT counter, offset, count, body FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3 AND counter <= ?5
                AND counter >= coalesce((
                    SELECT max(counter) FROM chunk
                    WHERE tenant = ?1 AND stream = ?2 AND replica = ?3 AND counter <= ?4), 0)
            ORDER BY counter
            """
        case .chunkHeaders:
            """
            SELECT replica, counter, offset, count FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset BETWEEN ?3 AND ?4
            """
        case .chunkBefore:
            """
            SELECT counter, offset, count, chain FROM chunk
            WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3 ORDER BY offset DESC LIMIT 2
            """
        case .dropChunks: "DELETE FROM chunk WHERE tenant = ?1 AND stream = ?2 AND offset <= ?3"
        case .addVoid:
            """
            INSERT INTO void (tenant, stream, replica, counter, offset, code, reason, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """
        case .voids:
            """
            SELECT counter, code, reason, digest, offset FROM void
            WHERE tenant = ?1 AND stream = ?2 AND replica = ?3 AND counter BETWEEN ?4 AND ?5
            """
        case .remembered:
            """
            SELECT i.digest, r.replica, i.counter, i.count
            FROM idempotency i CROSS JOIN replica r ON r.id = i.replica AND r.tenant = i.tenant
            WHERE i.tenant = ?1 AND i.stream = ?2 AND i.key = ?3
            """
        case .remember:
            """
            INSERT INTO idempotency
                (tenant, stream, key, digest, replica, counter, count, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """
        case .forgetOld:
            """
            DELETE FROM idempotency WHERE (tenant, stream, key) IN (
                SELECT tenant, stream, key FROM idempotency
                WHERE tenant = ?1 AND received_at < ?2 ORDER BY received_at LIMIT ?3)
            """
        case .snapshot:
            "SELECT offset, body, state_hash FROM snapshot WHERE tenant = ?1 AND stream = ?2"
        case .snapshotOffset: "SELECT offset FROM snapshot WHERE tenant = ?1 AND stream = ?2"
        case .storeSnapshot:
            """
            INSERT INTO snapshot (tenant, stream, offset, body, state_hash)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (tenant, stream) DO UPDATE
            SET offset = excluded.offset, body = excluded.body, state_hash = excluded.state_hash
            """
        case .beginReading: "BEGIN"
        case .beginWriting: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .dataVersion: "PRAGMA data_version"
        }
    }
}
